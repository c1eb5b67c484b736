"""Canonical URLs, the article ids made of them, and whether two URLs are of one site."""

import hashlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from text.characters import normal_form
from text.limits import MAX_URL_CHARS

if TYPE_CHECKING:
    from tldextract import TLDExtract

# fmt: off
_TRACKING_NAMES = frozenset({
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id",
    "epik", "gbraid", "wbraid", "gclsrc", "gad_source", "gad_campaignid", "igshid", "igsh",
    "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_gac", "__tn__", "__twitter_impression",
    "_openstat", "hsctatracking", "xtor", "xtref", "cmpid", "ocid", "icid", "ito", "smid", "ncid",
    "s_cid", "spm", "wickedid", "traffic_source", "utm", "ref_src", "ref_url",
    "amp", "outputtype", "usqp", "noamp", "nonamp",
    "share", "shared", "sharetoken", "replytocom", "cpage", "doing_wp_cron", "modpagespeed",
    "phpsessid", "jsessionid", "sessionid", "_", "nocache",
})
_TRACKING_PREFIXES = (
    "utm_", "utm-", "_hs", "__hs", "hsa_", "ml_sub", "pk_", "mtm_", "matomo_", "itm_", "vero_",
    "oly_", "__cft", "_x_tr_", "amp_", "aspsessionid", "fb_action", "fb_comment", "fb_locale",
    "fb_ref", "fb_source", "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source",
    "at_bbc", "at_campaign", "at_channel", "at_creation", "at_custom", "at_format", "at_link",
    "at_medium", "at_ptr",
)
# Names of referrers (`?source=rss`), which some systems use for the article's number (`?ref=20311`).
_UNLESS_A_NUMBER = frozenset({
    "ref", "referrer", "referer", "source", "src", "from", "via", "campaign", "medium", "feature",
    "origin",
})
# fmt: on
# Blogger's mobile view (elsewhere `m` is a month, `?m=202311`), Jetpack's share count.
_TRACKING_PAIRS = frozenset({"m=0", "m=1", "nb=1", "output=amp"})


def is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if name in _UNLESS_A_NUMBER:
        return not value.isdigit()
    return (
        name in _TRACKING_NAMES
        or name.startswith(_TRACKING_PREFIXES)
        or f"{name}={value.lower()}" in _TRACKING_PAIRS
    )


_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\]")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_AMP_SUFFIX = re.compile(r"(?<=[^.])(?:\.amp)+(?=$|\.html?$)", re.IGNORECASE)
_PATH_SAFE = "!$&'()*+,;=:@"
_QUERY_SAFE = "!$'()*,;:@/?"


def join_url(base: str, address: str) -> str:
    """`address` made absolute by `base`, in ASCII; empty where it is longer than an address, or cannot be
    parsed (`http://[`, `http://℀x/`).

    The one way to read an address that a stranger wrote: urljoin raises ValueError for it.
    """
    if len(address) > MAX_URL_CHARS:
        return ""
    try:
        joined = urljoin(base, address)
        # Letters, and what would act in a log, are percent-encoded as in a request.
        if not (joined.isascii() and joined.isprintable()):
            joined = safe_url_string(joined)
        urlsplit(joined)  # without a base, urljoin hands the address on unread
    except ValueError:
        return ""
    return joined if len(joined) <= MAX_URL_CHARS else ""


def canonicalise(url: str, homepage: str | None = None) -> str | None:
    """The canonical form of an absolute `url`, or None if it is not a usable http(s) address.

    With `homepage`, an address on its host takes its scheme and its variant of `www.`. The result
    is ASCII, and its own canonical form. Whether it is safe to connect to is not checked.
    """
    return _canonicalise_short(url, homepage) if len(url) <= MAX_URL_CHARS else None


# Three times for each page of a crawl, at 30 us.
@lru_cache(maxsize=256)
def _canonicalise_short(url: str, homepage: str | None) -> str | None:
    try:
        parts = _split(url)
        if parts is None:
            return None
        scheme, host = _scheme_and_host(parts, homepage)
        path, query = _path(parts.path), _query(parts.query)
    except ValueError:
        return None
    canonical = urlunsplit((scheme, host, path, query, ""))
    return canonical if len(canonical) <= MAX_URL_CHARS else None


def article_id(url: str) -> str:
    """16 hex digits: the first 64 bits of SHA-256 of a canonical URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def same_site(url: str, homepage: str) -> bool:
    """Same host and port, or one host a subdomain of the other, whatever the scheme and `www.`."""
    parts, home = _parts(url), _parts_of_home(homepage)
    if parts is None or home is None or parts.port != home.port:
        return False
    shorter, longer = sorted((_bare_host(parts), _bare_host(home)), key=len)
    if shorter == longer:
        return True
    return longer.endswith("." + shorter) and not _is_suffix(shorter)


def _split(url: str) -> SplitResult | None:
    """The URL's parts as a browser reads them, with host and port normalised; None: not usable."""
    return _split_short(url) if len(url) <= MAX_URL_CHARS else None


# On its way a page's address is asked about ten times over, at 60 us each.
@lru_cache(maxsize=256)
def _split_short(url: str) -> SplitResult | None:
    parts = urlsplit(safe_url_string(_AMPERSAND.sub("&", url)))
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    default = 443 if parts.scheme == "https" else 80
    port = "" if parts.port in (None, 0, default) else f":{parts.port}"
    return parts._replace(netloc=_without_amp(host) + port)


def _scheme_and_host(parts: SplitResult, homepage: str | None) -> tuple[str, str]:
    home = _parts_of_home(homepage) if homepage else None
    if home and _bare_host(home) == _bare_host(parts) and home.port == parts.port:
        return home.scheme, home.netloc
    return parts.scheme, parts.netloc


def _parts(url: str) -> SplitResult | None:
    try:
        return _split(url)
    except ValueError:
        return None


_parts_of_home = lru_cache(maxsize=256)(_parts)


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _without_amp(host: str) -> str:
    while host.startswith("amp.") and "." in host[4:] and not _is_suffix(host[4:]):
        host = host[4:]
    return host


def registered_domain(url: str) -> str:
    """`ex.co.uk` for `https://news.ex.co.uk/a`; of a name that is in no registry the last two labels; empty for what is no address."""
    parts = _parts(url)
    host = parts.hostname or "" if parts else ""
    found = _suffixes()(host)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    return host if found.ipv4 or found.ipv6 else ".".join(host.rsplit(".", 2)[-2:])


def _is_suffix(host: str) -> bool:
    return _suffixes()(host).domain == ""


@cache
def _suffixes() -> "TLDExtract":
    """The suffix list of the package: a poll must not depend on a download."""
    # Imported here, as it brings an HTTP client, which takes longer than most commands that need no list.
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def _path(path: str) -> str:
    segments: list[str] = []
    for raw in _SESSION.sub("", path).split("/"):
        segment = _encoded(raw, _PATH_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(_without_view(segments))


def _without_view(segments: list[str]) -> list[str]:
    """The article's own path, for its AMP view or a page of its comments."""
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
    """Percent-encoded as UTF-8 in NFC; bytes of another encoding stay as they are."""
    raw = unquote_to_bytes(text)
    if _CONTROL.search(raw):
        raise ValueError("a control character in a URL")
    try:
        return quote(normal_form("NFC", raw.decode()), safe)
    except UnicodeDecodeError:
        return quote(raw, safe)
