"""What a page says of the site it belongs to: its name, language, system, feeds and REST root."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from spiders.autodiscovery.editions import Edition, editions_of_page
from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from spiders.sources.html_links import LinkPage, parse_links
from text.language import detect
from text.language_codes import language_code
from text.urls import join_url

_FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        "application/feed+json",
    }
)
# What JSON Feed 1.0 named itself; WordPress declares its REST responses so as well.
_JSON_TYPE, _JSON_FEED = "application/json", re.compile(r"feed", re.IGNORECASE)
_COMMENT_FEED = re.compile(r"/comments?/|[?&]comments|تعليقات|\bcomments\b", re.IGNORECASE)
_REST_REL = "https://api.w.org/"
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>\s*;[^,<>]*rel=\"?https://api\.w\.org/\"?")
_TITLE_PARTS = re.compile(r"\s+[-–—|:•»]\s+")
# Patterns in addresses, classes and the generator; the more particular family first.
_FAMILIES = (
    ("jannah", re.compile(r"/themes/(?:jannah|sahifa)|\btie-(?:no-js|body|wrapper)\b")),
    ("elementor", re.compile(r"\belementor-widget-theme-post-content\b")),
    (
        "drupal",
        re.compile(r"\bdrupal \d|/sites/(?:default|all)/|\bdata-drupal-|\bdrupal[ .-]", re.I),
    ),
    ("wordpress", re.compile(r"\bwordpress\b|/wp-(?:content|includes|json)/", re.IGNORECASE)),
)
# Announced feeds that are kept.
_MAX_FEEDS = 50
FAMILIES = (*(name for name, _ in _FAMILIES), "plain")


@dataclass(frozen=True, slots=True)
class SiteFingerprint:
    """`feeds` are announced, not fetched yet; `rest` is a WordPress REST root.
    `editions` are those that the page names.
    """

    title: str = ""
    language: str | None = None
    family: str = "plain"
    generator: str = ""
    feeds: tuple[str, ...] = ()
    rest: str | None = None
    noindex: bool = False
    editions: tuple[Edition, ...] = ()


def fingerprint_of(body: bytes, url: str, headers: Mapping[str, str]) -> SiteFingerprint | None:
    """None for what is no page, such as a feed."""
    try:
        return take_fingerprint(parse_links(body, None, url), headers)
    except WrongFormat:
        return None


def take_fingerprint(page: LinkPage, headers: Mapping[str, str]) -> SiteFingerprint:
    generator = _meta(page, "generator") or strip_markup(headers.get("x-generator")) or ""
    return SiteFingerprint(
        title=_meta(page, "og:site_name") or _title(page),
        language=_language(page),
        family=family_of(page, generator),
        generator=generator[:80],
        feeds=tuple(dict.fromkeys(islice(_feeds(page), _MAX_FEEDS))),
        rest=_rest(page, headers),
        noindex="noindex" in (_meta(page, "robots") or "").lower(),
        editions=editions_of_page(page, page.base, headers),
    )


def family_of(page: LinkPage, generator: str = "") -> str:
    markup = generator + " " + " ".join(_markup(page))
    return next((name for name, pattern in _FAMILIES if pattern.search(markup)), "plain")


def _markup(page: LinkPage) -> Iterator[str]:
    """Addresses of styles, scripts and images, classes, ids and Drupal's `data-` names; no text."""
    for element in page.root.iter(etree.Element):
        for name, value in element.attrib.items():
            if name in ("src", "class", "id") or (name == "href" and element.tag == "link"):
                yield str(value)[:300]
            elif name.startswith("data-drupal"):
                yield str(name)


def _meta(page: LinkPage, name: str) -> str | None:
    for element in page.root.iter("meta"):
        if (element.get("name") or element.get("property") or "").lower() == name:
            return strip_markup(element.get("content"))
    return None


def _title(page: LinkPage) -> str:
    """The name in "name - slogan"."""
    title = strip_markup(next((t.text_content()[:500] for t in page.root.iter("title")), "")) or ""
    return _TITLE_PARTS.split(title)[0]


def _language(page: LinkPage) -> str | None:
    """By the headlines: themes declare `en-US` on Arabic pages as often as not."""
    declared = page.root.get("lang") or page.root.get("{http://www.w3.org/XML/1998/namespace}lang")
    declared = declared or page.root.get("xml:lang")
    headlines = sorted({link.text for link in page.links if _is_headline(link.text)}, key=len)
    # A single one may be a foreign film's; shorter links are names of networks and sections.
    enough = " ".join([*reversed(headlines)][:40]) if len(headlines) >= _MIN_HEADLINES else ""
    return detect(enough or _title(page), declared) or language_code(declared or "")


_MIN_HEADLINES = 3
_MIN_HEADLINE_WORDS, _MIN_HEADLINE_IDEOGRAPHS = 4, 8


def _is_headline(text: str) -> bool:
    words = text.split()
    ideographs = sum("\u3000" <= c <= "\ud7ff" for c in text)
    return len(words) >= _MIN_HEADLINE_WORDS or ideographs >= _MIN_HEADLINE_IDEOGRAPHS


def _feeds(page: LinkPage) -> Iterator[str]:
    for element in page.root.iter("link"):
        kind = (element.get("type") or "").lower().split(";")[0]
        address = element.get("href") or ""
        if (
            (kind in _FEED_TYPES or (kind == _JSON_TYPE and _JSON_FEED.search(address)))
            and not _COMMENT_FEED.search(f"{address} {element.get('title') or ''}")
            and (url := join_url(page.base, address.strip()))
        ):
            yield url


def _rest(page: LinkPage, headers: Mapping[str, str]) -> str | None:
    for element in page.root.iter("link"):
        if element.get("rel") == _REST_REL:
            return join_url(page.base, element.get("href") or "") or None
    header = _LINK_HEADER.search(headers.get("link", ""))
    return join_url(page.base, header[1]) or None if header else None
