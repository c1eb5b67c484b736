"""Query parameters that say how a reader came, not which page was read.

courlan's list is not used: it also takes `cid`, `uid`, `eid` and `source=12`, which are the
article itself on older Arabic systems.
"""

# fmt: off
_NAMES = frozenset({
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id",
    "epik", "gbraid", "wbraid", "gclsrc", "gad_source", "gad_campaignid", "igshid", "igsh",
    "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_gac", "__tn__", "__twitter_impression",
    "_openstat", "hsctatracking", "xtor", "xtref", "cmpid", "ocid", "icid", "ito", "smid", "ncid",
    "s_cid", "spm", "wickedid", "traffic_source", "utm", "ref_src", "ref_url",
    "amp", "outputtype", "usqp", "noamp", "nonamp",
    "share", "shared", "sharetoken", "replytocom", "cpage", "doing_wp_cron", "modpagespeed",
    "phpsessid", "jsessionid", "sessionid", "_", "nocache",
})
_PREFIXES = (
    "utm_", "utm-", "_hs", "__hs", "hsa_", "ml_sub", "pk_", "mtm_", "matomo_", "itm_", "vero_",
    "oly_", "__cft", "_x_tr_", "amp_", "aspsessionid", "fb_action", "fb_comment", "fb_locale",
    "fb_ref", "fb_source", "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source",
    "at_bbc", "at_campaign", "at_channel", "at_creation", "at_custom", "at_format", "at_link",
    "at_medium", "at_ptr",
)
# Referrers, which some systems use for the article itself: `?source=rss`, but `?ref=20311`.
_UNLESS_A_NUMBER = frozenset({
    "ref", "referrer", "referer", "source", "src", "from", "via", "campaign", "medium", "feature",
    "origin",
})
# fmt: on
# Blogger's mobile view (elsewhere `m` is a month, `?m=202311`), Jetpack's share count.
_PAIRS = frozenset({"m=0", "m=1", "nb=1", "output=amp"})


def is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if name in _UNLESS_A_NUMBER:
        return not value.isdigit()
    return name in _NAMES or name.startswith(_PREFIXES) or f"{name}={value.lower()}" in _PAIRS
