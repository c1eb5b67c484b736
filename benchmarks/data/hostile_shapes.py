"""Pages made to cost more than their size: each shape is a function from bytes to a page of about as
many bytes, an ordinary article with one part repeated.
"""

from collections.abc import Callable
from itertools import count, islice

Shape = Callable[[int], bytes]

_SENTENCE = (
    "The council said on Tuesday that the northern bridge will open to traffic again in spring. "
)
_BODY = "".join(f"<p>{_SENTENCE * 3}</p>" for _ in range(6))
_DATED = '<meta property="article:published_time" content="2026-10-01T10:00:00Z">'

# A unit that is repeated without a break.
RUNS = {
    "spaces": " ",
    "tabs": "\t",
    "line breaks": "\n",
    "no-break spaces": "\u00a0",
    "ideographic spaces": "\u3000",
    "line separators": "\u2028",
    "zero-width joiners": "\u200d",
    "zero-width spaces": "\u200b",
    "combining marks": "\u0301",
    "mixed combining marks": "\u0301\u0323",
    "vowel signs": "\u064e\u0651",
    "marks beyond the first plane": "\U0001e8d0\U0001d165",
    "letters with marks": "a\u0301\u0323",
    "ligatures": "\ufdfa",
    "quotes": '"',
    "escaped quotes": '\\"',
    "apostrophes": "'",
    "backslashes": "\\",
    "brackets": "[",
    "braces": "{",
    "parentheses": "(",
    "commas": ",",
    "commas and spaces": " , ",
    "bars": "| ",
    "spaced bars": " | ",
    "spaced dashes": " - ",
    "colons": ":",
    "dots": ".",
    "spaced dots": " .",
    "ellipses": "…",
    "slashes": "/",
    "dashes": "-",
    "underscores": "_",
    "letters": "a",
    "capitals": "A",
    "camel case": "aB",
    "words": "word ",
    "Arabic words": "كلمة ",
    "Arabic letters": "س",
    "Thai": "ข่าว",
    "Chinese": "新闻",
    "Khmer": "ព័ត៌មាន",
    "emoji": "\U0001f600",
    "digits": "1",
    "spaced digits": "1 ",
    "Arabic digits": "٣",
    "dates": "2024-01-02 ",
    "short dates": "1/2/",
    "day numbers": "1. ",
    "years": "2024 ",
    "written dates": "3 March 2024, ",
    "times": "4:16 ",
    "addresses": "http://a.b/c ",
    "at signs": "a@",
    "handles": " @a",
    "percent signs": "%41",
    "ampersands": "&",
    "entities": "&amp;",
    "double entities": "&amp;amp;",
    "numeric entities": "&#1;",
    "surrogate entities": "&#xd800;",
    "control characters": "\x01",
    "NULs": "\0",
    "less-than signs": "&lt;",
    "written tags": "&lt;b ",
    "open tags": "<b ",
    "open comments": "<!--",
    "closed comments": "<!---->",
    "declarations": "<!a ",
    "end tags": "</",
    "CDATA": "<![CDATA[",
    "breaks": "<br>",
    "right-to-left marks": "\u202ea",
    "underscored dates": "2024_01_02",
    "by": "by ",
    "dashed words": "word-",
    "dotted words": "word.",
    "read more": "Read more: ",
    "sources": "source: ",
}

# Where a run stands: {} in an article's page.
_PAGE = (
    '<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>'
    "<article><h1>The bridge opens in spring</h1>{before}"
    + _BODY
    + "{after}</article></body></html>"
)


def _page(
    *, title: str = "The bridge opens in spring", head: str = "", before: str = "", after: str = ""
) -> str:
    return _PAGE.format(title=title, head=head, before=before, after=after)


_PLACES = {
    "title": _page(title="{}"),
    "title between words": _page(title="The bridge {} opens"),
    "meta title": _page(head='<meta property="og:title" content="{}">'),
    "meta date": _page(head='<meta property="article:published_time" content="{}">'),
    "meta author": _page(head='<meta name="author" content="{}">'),
    "meta keywords": _page(head='<meta name="news_keywords" content="{}">'),
    "meta charset": _page(head='<meta http-equiv=content-type content="{}">'),
    "meta name": _page(head='<meta name="{}" content="a">'),
    "JSON-LD": _page(head='<script type="application/ld+json">{}</script>'),
    "JSON-LD title": _page(
        head='<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{}"}}</script>'
    ),
    "JSON-LD broken": _page(
        head='<script type="application/ld+json">{{"@type":"NewsArticle","headline":"a{}</script>'
    ),
    "JSON-LD author": _page(
        head='<script type="application/ld+json">{{"@type":"NewsArticle","author":"{}"}}</script>'
    ),
    "canonical": _page(head='<link rel="canonical" href="/{}">'),
    "h1": _page(before="<h1>{}</h1>"),
    "h2 with a title's class": _page(title="", before='<h2 class="entry-title">{}</h2>'),
    "byline": _page(before='<span class="author">By {}</span>'),
    "time": _page(before="<time>{}</time>"),
    "time's attribute": _page(before='<time datetime="{}">Tuesday</time>'),
    "date line": _page(before='<p class="date">Published {}</p>'),
    "class": _page(before='<div class="{}">a</div>'),
    "id": _page(before='<div id="{}">a</div>'),
    "itemprop": _page(before='<div itemprop="{}">a</div>'),
    "itemtype": _page(before='<div itemtype="{}"><b itemprop="datePublished">2024-01-02</b></div>'),
    "href": _page(before='<p><a href="{}">The other bridge</a></p>'),
    "href of a tag": _page(before='<p><a rel="tag" href="/tag/{}">bridges</a></p>'),
    "iframe": _page(before='<iframe src="{}"></iframe>'),
    "p": _page(after="<p>{}</p>"),
    "p between words": _page(after="<p>" + _SENTENCE + "{}" + _SENTENCE + "</p>"),
    "sentence": _page(after="<p>The council said {}.</p>"),
    "body": "<html><body>{}</body></html>",
    "nothing else": "{}",
    "a": _page(after="<a href='/a'>{}</a>"),
    "li": _page(after="<ul><li>{}</li></ul>"),
    "td": _page(after="<table><tr><td>a</td><td>{}</td></tr></table>"),
    "figcaption": _page(after="<figure><figcaption>{}</figcaption></figure>"),
    "comment": _page(after="<!-- {} -->"),
    "script": _page(after="<script>{}</script>"),
    "style": _page(after="<style>{}</style>"),
    "textarea": _page(after="<textarea>{}</textarea>"),
    "attribute without quotes": _page(after="<p title={}>a</p>"),
    "tag": _page(after="<p {}>a</p>"),
    "tag's name": _page(after="<p{}>a</p>"),
    "unclosed tag": _page(after="<p {}"),
    "unclosed comment": _page(after="<!-- {}"),
    "unclosed script": _page(after="<script>{}"),
    "doctype": "<!doctype html {}>" + _page(),
    "CDATA": _page(after="<![CDATA[{}]]>"),
    "processing instruction": _page(after="<?a {}?>"),
}  # fmt: skip


def _fill(page: str, unit: str, size: int) -> bytes:
    before, _, after = page.replace("{{", "{").replace("}}", "}").partition("{}")
    times = max(1, size // len(unit.encode()))
    return f"{before}{unit * times}{after}".encode()


def _run(page: str, unit: str) -> Shape:
    return lambda size: _fill(page, unit, size)


_ELEMENTS = (
    *("div", "span", "b", "i", "p", "table", "tr", "td", "ul", "li", "dl", "blockquote", "h1"),
    *(
        "h2",
        "article",
        "section",
        "main",
        "aside",
        "nav",
        "header",
        "footer",
        "a",
        "form",
        "figure",
    ),
    *("figcaption", "iframe", "noscript", "template", "svg", "math", "select", "option", "button"),
    *("font", "time", "br", "hr", "img", "input", "meta", "link", "base", "title", "head", "body"),
    *("html", "script", "style", "textarea", "video", "object", "center", "em", "strong", "pre"),
    *("code", "q", "cite", "details", "summary", "fieldset", "frameset", "unknown", "x:y"),
)
_CLASSES = (
    *("related", "comments", "sidebar", "entry-content", "article-body", "entry-title", "tags"),
    *("date", "author", "breadcrumb", "caption", "share", "post-info", "menu footer related"),
)
_INSIDE = {
    "": "",
    "word": "word",
    "number": "{n}",
    "date": "3 March 2024",
    "sentence": "The council said so again.",
    "unique": "word{n} word{n}x",
}


def _flat(opening: str, text: str, closing: str, page: str) -> Shape:
    def shape(size: int) -> bytes:
        times = max(1, size // len(opening + text + closing))
        filling = "".join((opening + text + closing).replace("{n}", str(n)) for n in range(times))
        before, _, after = page.replace("{{", "{").replace("}}", "}").partition("{}")
        return f"{before}{filling}{after}".encode()

    return shape


def _deep(opening: str, text: str, closing: str) -> Shape:
    def shape(size: int) -> bytes:
        depth = max(1, size // len(opening + text + closing))
        return _page(after=(opening + text) * depth + closing * depth).encode()

    return shape


def _numbered(part: str, page: str, joiner: str = "") -> Shape:
    def shape(size: int) -> bytes:
        filling = joiner.join(part.replace("#", str(n)) for n in range(max(1, size // len(part))))
        before, _, after = page.replace("{{", "{").replace("}}", "}").partition("{}")
        return f"{before}{filling}{after}".encode()

    return shape


_LD = '<script type="application/ld+json">{}</script>'
_NUMBERED = {
    "attributes of a tag": (" a#=1", _page(before="<p{}>a</p>")),
    "attributes without values": (" a#", _page(before="<p{}>a</p>")),
    "attributes of html": (" a#=1", "<html{}><body>" + _BODY + "</body></html>"),
    "attributes of a tag that a quote hides": (" a#=1", _page(before='<p title=">"{}>a</p>')),
    "attributes of a tag behind a bad end": (" a#=1", _page(before="<!-- --!><p{}>a</p>")),
    "attributes in a script's end": (" a#=1", _page(before="<script></script{}>")),
    "attributes after slashes": ("/a#", _page(before="<p{}>a</p>")),
    "tags of 1 400 attributes": (
        "<p" + "".join(f" a{n}" for n in range(1400)) + ">",
        _page(before="{}"),
    ),
    "JSON-LD scripts": (_LD.replace("{}", '{"@type":"NewsArticle","headline":"Bridge #"}'), _page(head="{}")),
    "JSON-LD wide": ('{"@id":"#","@type":"NewsArticle","url":"http://a/#"},', _page(head=_LD.replace("{}", "[{}1]"))),
    "JSON-LD authors": ('"Name #",', _page(head=_LD.replace("{}", '{{"@type":"NewsArticle","author":[{}1]}}'))),
    "JSON-LD of one id": ('{"@id":"a","isPartOf":"a"},', _page(head=_LD.replace("{}", "[{}1]"))),
    "JSON-LD rescued": ('"headline":"a#"', _page(head=_LD.replace("{}", '{{"@type":"NewsArticle",{}'))),
    "JSON-LD keys": ('"headline":"a ', _page(head=_LD.replace("{}", '{{"@type":"NewsArticle",{}'))),
    "JSON-LD documents": ('{"a":1}', _page(head=_LD)),
    "metas": ('<meta property="og:title" content="Bridge # opens">', _page(head="{}")),
    "meta dates": ('<meta property="article:published_time" content="x#">', _page(head="{}")),
    "meta authors": ('<meta name="author" content="Name #">', _page(head="{}")),
    "meta names": ('<meta name="n#" content="a">', _page(head="{}")),
    "links": ('<a href="/a#">Other bridge #</a> ', _page(after="<p>{}</p>")),
    "linked paragraphs": ('<p><a href="/a#">Other bridge #</a></p>', _page(after="{}")),
    "linked headings": ('<div><h2><a href="/a#">Bridge number # opens</a></h2></div>', _page(after="{}")),
    "teasers": (
        f'<div><h2><a href="/a#">Bridge number #</a></h2><p>{_SENTENCE}</p></div>',
        _page(after="{}"),
    ),
    "tags": ('<a rel="tag" href="/tag/#">t#</a>', _page(after="{}")),
    "categories": ('<a rel="category tag" href="/category/#/">c#</a>', _page(before="{}")),
    "category links": ('<a href="/category/#/">c#</a>', _page(before="{}")),
    "author links": ('<a rel="author" href="/#">Name #</a>', _page(before="{}")),
    "canonicals": ('<link rel="canonical" href="http://[#">', _page(head="{}")),
    "times": ("<time>#</time>", _page(before="{}")),
    "times of no day": ('<time datetime="#">a</time>', _page(before="{}")),
    "bylines": ('<span class="author">By Name #</span>', _page(before="{}")),
    "microdata": ('<b itemprop="author">Name #</b>', _page(before="{}")),
    "crumbs": ('<div class="breadcrumb"><a href="/#">c#</a></div>', _page(before="{}")),
    "titles": ("<title>Bridge # opens</title>", _page(head="{}")),
    "headings": ("<h1>Bridge # opens</h1>", _page(before="{}")),
    "distinct words": ("w#x ", _page(after="<p>{}</p>")),
    "distinct words in lines": ("w#x w#y w#z w#a w#b. ", _page(after="<p>{}</p>")),
    "distinct paragraphs": (f"<p>{_SENTENCE} Number # of them.</p>", _page(after="{}")),
    "distinct words in paragraphs": (
        "<p>" + " ".join(f"w#{c}" for c in "abcdefghijklmno") + ".</p>",
        _page(after="{}"),
    ),
    "paragraphs of one character": ("<p>a</p>", _page(after="{}")),
    "paragraphs of a number": ("<p>#</p>", _page(after="{}")),
    "the same paragraph": (f"<p>{_SENTENCE}</p>", _page(after="{}")),
    "alike paragraphs": (
        f"<p>{_SENTENCE} One two three four five six seven w#.</p>",
        _page(after="{}"),
    ),
    "broken lines": ("Line # of a poem<br>", _page(after="<p>{}</p>")),
    "table rows": ("<tr><td>a#</td><td>b#</td></tr>", _page(after="<table>{}</table>")),
    "table cells": ("<td>a#</td>", _page(after="<table><tr>{}</tr></table>")),
    "read more lines": ("<p>Read more: the bridge #</p>", _page(after="{}")),
    "headings of boxes": ("<h3>Related articles</h3><p>Bridge #</p>", _page(after="{}")),
    "headings of comments": ("<h3>Comments</h3><p>So # say we.</p>", _page(after="{}")),
    "date lines": ("<p>3 March 2024</p>", _page(after="{}")),
    "agency lines": ("<p>Reuters</p>", _page(after="{}")),
    "captions": ("<figure><img><figcaption>Bridge # in spring</figcaption></figure>", _page(after="{}")),
    "images": ('<img src="/a#.jpg" alt="Bridge #">', _page(after="{}")),
    "classes": ('<div class="a# related-# b_#">word</div>', _page(after="{}")),
    "long classes": ('<div class="' + "word-# " * 40 + '">word</div>', _page(after="{}")),
    "class names": ("n# ", _page(after='<div class="{}">word</div>')),
    "iframes": ('<iframe src="//a/#"></iframe>', _page(after="{}")),
    "scripts": ("<script>var a#</script>", _page(after="{}")),
    "comments": ("<!-- # -->", _page(after="{}")),
    "inline elements": ("<b>w#</b> ", _page(after="<p>{}</p>")),
    "unclosed inline elements": ("<b>w# ", _page(after="<p>{}</p>")),
    "unclosed formatting": ("<p><font><b>w#", _page(after="{}")),
    "misnested formatting": ("<b><p></b>w#", _page(after="{}")),
    "stray end tags": ("</div></b>w#", _page(after="{}")),
    "frames": ('<form><input name="a#"></form>', _page(after="{}")),
    "namespaces": ("<a#:b>w</a#:b>", _page(after="{}")),
    "tag names": ("<t#>w</t#>", _page(after="{}")),
    "language attributes": ('<p lang="l#">word</p>', _page(after="{}")),
    "doctypes": ("<!doctype a#>", _page(after="{}")),
    "entities": ("&e#;", _page(after="<p>{}</p>")),
    "headers": ("<header><h2>w#</h2></header>", _page(after="{}")),
    "dated spans": ('<span class="date">w # 20</span>', _page(after="{}")),
}  # fmt: skip


def _nested_json(size: int) -> bytes:
    depth = size // 12
    text = '{"@graph":[' * depth + "1" + "]}" * depth
    return _page(head=_LD.replace("{}", text)).encode()


def _deep_lists(size: int) -> bytes:
    return _page(head=_LD.replace("{}", "[" * (size // 2) + "]" * (size // 2))).encode()


def _random_bytes(size: int) -> bytes:
    import random

    return random.Random(1).randbytes(size)


def _high_bytes(size: int) -> bytes:
    return b"<html><body><p>" + bytes(islice((0x80 + n * 7 % 128 for n in count()), size))


def _encoded(codec: str, text: str) -> Shape:
    return lambda size: _page(after=f"<p>{text * (size // len(text.encode(codec, 'replace')))}</p>").encode(
        codec, "replace"
    )  # fmt: skip


_WHOLE: dict[str, Shape] = {
    "nested JSON-LD": _nested_json,
    "nested JSON-LD lists": _deep_lists,
    "random bytes": _random_bytes,
    "high bytes": _high_bytes,
    "NULs": lambda size: b"\0" * size,
    "UTF-16": _encoded("utf-16", "News from the bridge. "),
    "UTF-16 without mark": _encoded("utf-16-le", "News from the bridge. "),
    "UTF-32": _encoded("utf-32", "News from the bridge. "),
    "windows-1256": _encoded("cp1256", "خبر من الجسر الشمالي. "),
    "windows-1252": _encoded("cp1252", "Déjà vu à l'été. "),
    "Shift JIS": _encoded("cp932", "新聞の記事。"),
    "GB 18030": _encoded("gb18030", "新闻报道。"),
    "Big5": _encoded("big5", "新聞報導。"),
    "EUC-KR": _encoded("euc_kr", "뉴스 기사. "),
    "ISO 2022": _encoded("iso2022_jp", "新聞の記事。"),
    "escapes": lambda size: b"<html><body><p>" + b"\x1b$" * (size // 2),
    "KOI8-R": _encoded("koi8-r", "Новости с моста. "),
}


def shapes() -> dict[str, Shape]:
    """By name, `place: run` and the like; every run in every place, every element flat and deep."""
    runs = {
        f"{place}: {run}": _run(page, unit)
        for place, page in _PLACES.items()
        for run, unit in RUNS.items()
    }
    flat = {
        f"flat {tag}: {inside}": _flat(f"<{tag}>", text, f"</{tag}>", _page(after="{}"))
        for tag in _ELEMENTS
        for inside, text in _INSIDE.items()
    }
    deep = {f"deep {tag}": _deep(f"<{tag}>", "", f"</{tag}>") for tag in _ELEMENTS}
    deep |= {f"deep {tag} with words": _deep(f"<{tag}>", "word ", f"</{tag}>") for tag in _ELEMENTS}
    deep |= {f"unclosed {tag}": _deep(f"<{tag}>", "word ", "") for tag in _ELEMENTS}
    for name in _CLASSES:
        opening = f'<div class="{name}">'
        flat[f"flat .{name}"] = _flat(opening, "word {n}", "</div>", _page(after="{}"))
        flat[f"flat .{name} before"] = _flat(opening, "word {n}", "</div>", _page(before="{}"))
        deep[f"deep .{name}"] = _deep(opening, "", "</div>")
        deep[f"deep .{name} with words"] = _deep(opening, "word 1 ", "</div>")
        deep[f"deep span .{name}"] = _deep(f'<span class="{name}">', "word 1 ", "</span>")
    numbered = {name: _numbered(part, page) for name, (part, page) in _NUMBERED.items()}
    numbered |= {
        f"dated, {name}": _numbered(part, page.replace("</head>", _DATED + "</head>"))
        for name, (part, page) in _NUMBERED.items()
    }
    return {**_WHOLE, **numbered, **flat, **deep, **runs}
