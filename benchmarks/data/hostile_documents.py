"""Documents of sources made to harm their reader: each repeats one part of its kind `n` times."""

from collections.abc import Callable
from typing import Literal, NamedTuple

Kind = Literal["feed", "section", "home", "sitemap", "posts", "robots", "link_header"]


class HostileDocument(NamedTuple):
    """`most`: the largest `n` that is worth a measurement; `kind`: what reads the document."""

    most: int
    build: Callable[[int], bytes]
    kind: Kind


def numbered(pattern: bytes, count: int) -> bytes:
    return b"".join(pattern.replace(b"#", b"%d" % number) for number in range(count))


def rss(items: bytes) -> bytes:
    return b'<rss version="2.0"><channel>' + items + b"</channel></rss>"


_LINK = b'<p><a href="/2026/11/01/a-b-c-#">a b c d e f #</a></p>'
DOCUMENTS: dict[str, HostileDocument] = {
    "classes around links": HostileDocument(
        16_000,
        lambda n: b'<div class="' + numbered(b"w# ", n) + b'">' + numbered(_LINK, 3000) + b"</div>",
        "section",
    ),
    "links": HostileDocument(100_000, lambda n: numbered(b'<a href="/1/#">x y z</a>', n), "section"),
    "links in depth": HostileDocument(100_000, lambda n: numbered(b"<div><a href=/#>x y z</a>", n), "section"),
    "links in links": HostileDocument(
        100_000,
        lambda n: numbered(b"<a href=/#><b>x", n) + b"y" * 30 * n,
        "section",
    ),
    "pages called next": HostileDocument(
        90_000,
        lambda n: b"<body>" + numbered(b'<link rel=next href="/p/#">', n),
        "section",
    ),
    "announced feeds": HostileDocument(
        90_000,
        lambda n: b"<body>" + numbered(b'<link type="application/rss+xml" href="/p/#">', n),
        "home",
    ),
    "empty elements": HostileDocument(2_000_000, lambda n: b"<body>" + b"<br>" * n, "section"),
    "attributes of a tag": HostileDocument(400_000, lambda n: b"<p></p><a " + numbered(b"a#=1 ", n), "section"),
    "attributes past a comment": HostileDocument(
        400_000,
        lambda n: b"<p></p><!--><a " + numbered(b"a#=1 ", n) + b">",
        "section",
    ),
    "a long base": HostileDocument(
        8_000_000,
        lambda n: b'<base href="/' + b"b" * n + b'">' + numbered(_LINK, 3000),
        "section",
    ),
    "combining marks": HostileDocument(
        1_000_000,
        lambda n: numbered(_LINK, 50) + b"<a href=/1>" + "\u0301\u064b".encode() * n + b"</a>",
        "section",
    ),
    "Link header": HostileDocument(256_000, lambda n: b"<a>;" * (n // 4), "link_header"),
    "items of a feed": HostileDocument(600_000, lambda n: rss(b"<item/>" * n), "feed"),
    "fields of items": HostileDocument(
        30_000,
        lambda n: rss((b"<item>" + b"<category>t</category>" * 60 + b"</item>") * (n // 60)),
        "feed",
    ),
    "an attribute of a feed": HostileDocument(
        4_000_000,
        lambda n: rss(b'<item><link>/1</link><enclosure url="' + b"u" * n + b'"/></item>'),
        "feed",
    ),
    "attributes of an item": HostileDocument(300_000, lambda n: rss(b"<item " + numbered(b'a#="1" ', n) + b"/>"), "feed"),
    "namespaces": HostileDocument(
        200_000,
        lambda n: rss(b"<item " + numbered(b'xmlns:a#="u#" ', n) + b"><link>/1</link></item>"),
        "feed",
    ),
    "namespaces in turn": HostileDocument(
        100_000,
        lambda n: rss(numbered(b'<a#:item xmlns:a#="u#"><link>/#</link></a#:item>', n)),
        "feed",
    ),
    "depth of a feed": HostileDocument(600_000, lambda n: rss(b"<item>" * n), "feed"),
    "ampersands": HostileDocument(4_000_000, lambda n: rss(b"<item><title>" + b"&" * n), "feed"),
    "unknown entities": HostileDocument(1_000_000, lambda n: rss(b"<item><title>" + b"&xy;" * n), "feed"),
    "open tags": HostileDocument(1_300_000, lambda n: rss(b"<a<" * n), "feed"),
    "posts": HostileDocument(1_000_000, lambda n: b"[" + b"{}," * n + b"{}]", "posts"),
    "keys of a post": HostileDocument(
        600_000,
        lambda n: b"[{" + numbered(b'"a#":0,', n) + b'"link":"/1"}]',
        "posts",
    ),
    "terms of a post": HostileDocument(
        100_000,
        lambda n: b'[{"id":1,"link":"/1","_embedded":{"wp:term":[['
        + b",".join([b'{"name":"n","taxonomy":"post_tag"}'] * n)
        + b"]]}}]",
        "posts",
    ),
    "depth of posts": HostileDocument(8_000_000, lambda n: b"[" * n, "posts"),
    "digits": HostileDocument(8_000_000, lambda n: b'[{"id":' + b"9" * n + b"}]", "posts"),
    "sitemaps of an index": HostileDocument(
        49_000,
        lambda n: b"<sitemapindex>"
        + numbered(b"<sitemap><loc>https://ex.org/" + b"s" * 900 + b"#</loc></sitemap>", n)
        + b"</sitemapindex>",
        "sitemap",
    ),
    "elements of an entry": HostileDocument(
        10_000_000,
        lambda n: b"<urlset><url>" + b"<a/>" * n + b"</url></urlset>",
        "sitemap",
    ),
    "keywords": HostileDocument(
        8_000_000,
        lambda n: b"<urlset><url><loc>/1</loc><keywords>" + b"k," * (n // 2) + b"</keywords></url></urlset>",
        "sitemap",
    ),
    "words of a plain sitemap": HostileDocument(
        50_000_000,
        lambda n: b"http://ex.org/1 " + b"h " * (n // 2),
        "sitemap",
    ),
    "entries of a sitemap": HostileDocument(
        50_000,
        lambda n: b"<urlset>"
        + numbered(b"<url><loc>https://ex.org/2026/11/01/a-b-" + b"s" * 500 + b"-#</loc></url>", n)
        + b"</urlset>",
        "sitemap",
    ),
    "one emoji": HostileDocument(
        50_000_000,
        lambda n: "<urlset>😀".encode() + b" " * n + b"</urlset>",
        "sitemap",
    ),
    "robots": HostileDocument(
        512_000,
        lambda n: numbered(b"User-agent: a#\n", n // 32) + b"Allow:/\n" * (n // 16),
        "robots",
    ),
    "one robot's names": HostileDocument(
        512_000,
        lambda n: b"User-agent: w\n" * (n // 32) + b"Allow:/\n" * (n // 16),
        "robots",
    ),
    "wildcards": HostileDocument(
        64_000,
        lambda n: b"User-agent: *\n" + numbered(b"Disallow: *ab*ab*ab*a#$\n", n // 30),
        "robots",
    ),
    "wildcards of a rule": HostileDocument(
        512_000,
        lambda n: b"User-agent: *\nDisallow: /" + b"*a" * (n // 2) + b"$\n",
        "robots",
    ),
    "lines of a robots.txt": HostileDocument(512_000, lambda n: b"\n" * n, "robots"),
    "sitemaps of a robots.txt": HostileDocument(
        512_000,
        lambda n: numbered(b"Sitemap: /s#.xml\n", n // 20),
        "robots",
    ),
}  # fmt: skip
