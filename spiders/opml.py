"""OPML (http://opml.org/spec2.opml), in which feed readers keep their subscriptions: read into sites to
be added, and written of the sites that there are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.site_writer import name_for_site
from spiders.sources.safe_xml import local_name, parse_xml, xml_from_root
from text.limits import MAX_OPML_BYTES, MAX_OPML_OUTLINES, MAX_URL_CHARS
from text.terminal import printable
from text.urls import canonicalise, join_url


@dataclass(frozen=True, slots=True)
class Subscription:
    """A site as an OPML file has it: `url` is its home, or else its first feed."""

    name: str
    url: str
    feeds: tuple[str, ...] = ()


def parse_opml(body: bytes) -> list[Subscription]:
    """The sites in the file's order, each once with all of its feeds. Raises WrongFormat."""
    if len(body) > MAX_OPML_BYTES:
        raise WrongFormat(f"an OPML file of more than {MAX_OPML_BYTES >> 20} MB")
    root = parse_xml(xml_from_root(body, "opml", "an OPML file"), "an OPML file")
    outlines = (e for e in root.iter(etree.Element) if local_name(e).lower() == "outline")
    sites: dict[str, Subscription] = {}
    names: set[str] = set()
    for outline in islice(outlines, MAX_OPML_OUTLINES):
        feed, home = _address(outline, "xmlurl"), _address(outline, "htmlurl")
        if url := home or feed:
            host = (urlsplit(url).netloc or "").lower().removeprefix("www.")
            known = sites.get(host) or Subscription(_free_name(url, host, names), url)
            names.add(known.name)
            feeds = tuple(dict.fromkeys((*known.feeds, *([feed] if feed else []))))
            sites[host] = replace(known, feeds=feeds)
    return list(sites.values())


def _free_name(url: str, host: str, names: set[str]) -> str:
    """The short one, or that of the whole host where two sites would have the same."""
    name = name_for_site(url)
    return re.sub(r"[^a-z0-9]+", "_", host).strip("_")[:64] if name in names else name


def _address(outline: etree._Element, name: str) -> str | None:
    """Programs spell the attributes with capitals of their own choice."""
    for key, value in islice(outline.attrib.items(), 50):
        if str(key).lower() == name and len(value) <= MAX_URL_CHARS:
            url = join_url("", str(value).strip())
            return url if canonicalise(url) else None
    return None


def opml_text(sites: Iterable[Site]) -> str:
    """An outline for each feed, and one for a site that names none."""
    root = etree.Element("opml", version="2.0")
    title = etree.SubElement(etree.SubElement(root, "head"), "title")
    title.text = "Warraq"
    body = etree.SubElement(root, "body")
    for site in sites:
        text = printable(site.title) or site.name
        for feed in site.feeds or (None,):
            fields = {"type": "rss", "xmlUrl": feed} if feed else {"type": "link"}
            fields |= {"text": text, "title": text, "htmlUrl": site.homepage}
            etree.SubElement(body, "outline", fields)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written.decode()
