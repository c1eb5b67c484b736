"""One spelling for every address: canonical URLs, the ids made of them, and what is one site."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit, urlunsplit

import tldextract
from w3lib.url import safe_url_string

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


# Longer ones are traps or data, not articles; the longest slugs (255 Arabic letters) need 1 600.
_LONGEST = 4096
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\]")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_AMP_SUFFIX = re.compile(r"(?<=[^.])(?:\.amp)+(?=$|\.html?$)", re.IGNORECASE)
_PATH_SAFE = "!$&'()*+,;=:@"
_QUERY_SAFE = "!$'()*,;:@/?"

# The list that comes with the package: a poll must not wait for, or depend on, a download.
_suffixes = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)


def canonicalise(url: str, homepage: str | None = None) -> str | None:
    """The one spelling of an absolute `url`, or None if it is not a usable http(s) address.

    With `homepage`, an address on its host takes its scheme and its variant of `www.`. The
    result is ASCII, and canonicalising it again changes nothing. Which addresses may be
    connected to is not judged here.
    """
    try:
        parts = _split(url)
        if parts is None:
            return None
        scheme, host = _adopted(parts, homepage)
        path, query = _path(parts.path), _query(parts.query)
    except ValueError:
        return None
    canonical = urlunsplit((scheme, host, path, query, ""))
    return canonical if len(canonical) <= _LONGEST else None


def article_id(url: str) -> str:
    """16 hex digits: the first 64 bits of SHA-256 of a canonical URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def same_site(url: str, homepage: str) -> bool:
    """Same host and port, or one is a subdomain of the other; `www.` and the scheme count not."""
    here, there = _parts(url), _parts_of_home(homepage)
    if here is None or there is None or here.port != there.port:
        return False
    shorter, longer = sorted((_bare(here), _bare(there)), key=len)
    if shorter == longer:
        return True
    return longer.endswith("." + shorter) and not _is_suffix(shorter)


def _split(url: str) -> SplitResult | None:
    """The URL's parts as a browser understands them, host and port normal; None: not usable."""
    if len(url) > _LONGEST:
        return None
    parts = urlsplit(safe_url_string(_AMPERSAND.sub("&", url)))
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    default = 443 if parts.scheme == "https" else 80
    port = "" if parts.port in (None, 0, default) else f":{parts.port}"
    return parts._replace(netloc=_without_amp(host) + port)


def _adopted(parts: SplitResult, homepage: str | None) -> tuple[str, str]:
    home = _parts_of_home(homepage) if homepage else None
    if home and _bare(home) == _bare(parts) and home.port == parts.port:
        return home.scheme, home.netloc
    return parts.scheme, parts.netloc


def _parts(url: str) -> SplitResult | None:
    try:
        return _split(url)
    except ValueError:
        return None


_parts_of_home = lru_cache(maxsize=256)(_parts)


def _bare(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _without_amp(host: str) -> str:
    while host.startswith("amp.") and "." in host[4:] and not _is_suffix(host[4:]):
        host = host[4:]
    return host


def _is_suffix(host: str) -> bool:
    return _suffixes(host).domain == ""


def _path(path: str) -> str:
    segments: list[str] = []
    for raw in _SESSION.sub("", path).split("/"):
        segment = _encoded(raw, _PATH_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(_plain_view(segments))


def _plain_view(segments: list[str]) -> list[str]:
    """The page itself, for a page of its comments or its AMP view."""
    while len(segments) > 1 and segments[0].lower() == "amp":
        segments.pop(0)
    while segments:
        last = _AMP_SUFFIX.sub("", segments.pop())
        if last.lower() != "amp" and not _COMMENT_PAGE.fullmatch(last):
            return [*segments, last]
    return []


def _query(query: str) -> str:
    pairs = set()
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.replace("+", "%20").partition("=")
        name, value = _encoded(name, _QUERY_SAFE), _encoded(value, _QUERY_SAFE)
        if name and not is_tracking(name, value):
            pairs.add(name + equals + value)
    return "&".join(sorted(pairs))


def _encoded(text: str, safe: str) -> str:
    """Percent-encoding in one spelling: UTF-8 in NFC; bytes of another encoding stay as they are."""
    raw = unquote_to_bytes(text)
    if _CONTROL.search(raw):
        raise ValueError("a control character in a URL")
    try:
        return quote(unicodedata.normalize("NFC", raw.decode()), safe)
    except UnicodeDecodeError:
        return quote(raw, safe)
