"""Variants of labelled pages with the structures that few of them have: lists, tables, definitions, short
entries, questions, quotes and wrappers within the article, notices and boxes outside of it. The words are
the page's own, so that a classifier learns from the markup what no count of words tells it.
"""

import random
import re
from collections.abc import Callable, Sequence

from lxml import etree
from lxml.html import HtmlElement

_SENTENCE = re.compile(r"(?<=[.!?؟。！？])\s+")
_MIN_WORDS, _MAX_PIECE_WORDS = 12, 14
Make = Callable[[random.Random, Sequence[str]], HtmlElement]


def augment(
    paragraphs: Sequence[HtmlElement], seed: int, share: float = 0.35, other: Sequence[str] = ()
) -> list[str]:
    """Changes the page around its article's `paragraphs` (elements of one tree, in order); the lines that
    were added to the article. What is added elsewhere is none of it: of the texts `other`, of another
    site's article, the next story is made.
    """
    rng = random.Random(seed)
    texts = [_text(paragraph) for paragraph in paragraphs]
    long = [at for at, text in enumerate(texts) if len(_words(text)) >= _MIN_WORDS]
    if len(long) < 3:
        return []
    added: list[str] = []
    pieces = _pieces(rng, texts)
    if other and rng.random() < _NEXT_STORY_SHARE:
        _next_story(rng, paragraphs, other)
    if rng.random() < _LIVE_SHARE:
        return [*added, *_live(rng, paragraphs[1:], pieces)]
    chosen = rng.sample(long, max(1, round(share * len(long))))
    if rng.random() < _AT_END_SHARE and long[-1] == len(texts) - 1:
        chosen = [*(at for at in chosen if at != long[-1]), long[-1]]
    for at in chosen:
        element = paragraphs[at]
        if element.getparent() is None or not pieces:
            continue
        change = rng.choice(_CHANGES)
        added += change(rng, element, pieces)
    _notices(rng, paragraphs[0], texts)
    return added


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _words(text: str) -> list[str]:
    return text.split() if " " in text else list(text)


def _join(words: Sequence[str], like: str) -> str:
    return (" " if " " in like else "").join(words)


def _pieces(rng: random.Random, texts: Sequence[str]) -> list[str]:
    """Short lines: some whole sentences, some cut, with or without their stop."""
    pieces: list[str] = []
    for text in texts:
        for sentence in _SENTENCE.split(text):
            words = _words(sentence)
            if len(words) < 3:
                continue
            size = rng.randint(2, _MAX_PIECE_WORDS)
            start = rng.randrange(max(1, len(words) - size + 1))
            piece = _join(words[start : start + size], sentence).strip(" ،,;:«»\"'()")
            pieces.append(sentence if rng.random() < 0.3 else piece)
    rng.shuffle(pieces)
    return [piece for piece in pieces if piece]


def _take(pieces: list[str], number: int) -> list[str]:
    taken, pieces[:] = pieces[:number], pieces[number:]
    return taken


def _element(tag: str, text: str = "", **attributes: str) -> HtmlElement:
    element = etree.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text
    return element


def _put(after: HtmlElement, element: HtmlElement) -> None:
    after.addnext(element)
    element.tail = after.tail
    after.tail = None


def _wrapped(rng: random.Random, text: str) -> list[HtmlElement] | str:
    """A text bare, or in elements of no meaning."""
    kind = rng.randrange(5)
    if kind == 0:
        return [_element("p", text)]
    if kind == 1:
        outer, inner = _element("div"), _element("span", text)
        outer.append(inner)
        return [outer]
    if kind == 2:
        return [_element("span", text)]
    return text


def _fill(element: HtmlElement, content: list[HtmlElement] | str) -> HtmlElement:
    if isinstance(content, str):
        element.text = content
    else:
        element.extend(content)
    return element


def _list(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    lines = _take(pieces, rng.randint(2, 8))
    items = _element(rng.choice(("ul", "ul", "ol")))
    state = rng.getstate()
    for line in lines:
        rng.setstate(state)  # all items alike
        items.append(_fill(_element("li"), _wrapped(rng, line)))
    _put(at, items)
    return lines


def _table(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    columns, rows = rng.randint(2, 4), rng.randint(2, 6)
    table = _element("table")
    body = _element("tbody")
    lines: list[str] = []
    for row in range(rows):
        short = [" ".join(piece.split()[:4])[:40] for piece in _take(pieces, columns)]
        cells = [
            str(rng.randint(1, 4000)) if row and column and rng.random() < 0.6 else text
            for column, text in enumerate(short)
        ]
        if len(cells) < columns:
            break
        line = _element("tr")
        for cell in cells:
            line.append(_element("th" if row == 0 and rows % 2 else "td", cell))
        body.append(line)
        lines.append(" | ".join(cells))
    table.append(body)
    around = rng.choice(("", "figure", "div"))
    outer = table
    if around:
        outer = _element(around, class_=rng.choice(("wp-block-table", "table-responsive", "t")))
        outer.append(table)
    _put(at, outer)
    return lines


def _definitions(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    lines = _take(pieces, 2 * rng.randint(2, 5))
    items = _element("dl")
    for number, line in enumerate(lines):
        items.append(_element("dd" if number % 2 else "dt", line))
    _put(at, items)
    return lines


def _entries(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    """A live blog's or a list article's: a heading, perhaps a time, a short text."""
    tag, heading = rng.choice(("div", "article", "section", "li")), rng.choice(("h2", "h3", "h4"))
    name, timed, wrapped = (
        rng.choice(("update", "entry", "item", "")),
        rng.random() < 0.5,
        rng.random() < 0.5,
    )
    outer, lines = _element("ol" if tag == "li" else "div"), []
    for _ in range(rng.randint(3, 7)):
        pair = _take(pieces, 2)
        if len(pair) < 2:
            break
        entry = _element(tag, **({"class_": name} if name else {}))
        if timed:
            entry.append(_element("time", f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"))
        entry.append(_element(heading, pair[0]))
        text = _element("p", pair[1])
        entry.append(_fill(_element("div", class_="body"), [text]) if wrapped else text)
        outer.append(entry)
        lines += pair
    _put(at, outer)
    return lines


def _live(rng: random.Random, paragraphs: Sequence[HtmlElement], pieces: list[str]) -> list[str]:
    """All but the first paragraph as short entries, each with a time or a heading: its first words, with
    or without a stop.
    """
    tag, heading = rng.choice(("div", "article", "section", "li")), rng.choice(("h2", "h3", "h4"))
    name, titled, timed = (
        rng.choice(("update", "entry", "live-entry", "")),
        rng.random() < 0.7,
        True,
    )
    short = rng.random() < 0.6
    lines: list[str] = []
    for paragraph in paragraphs:
        parent = paragraph.getparent()
        if parent is None:
            continue
        entry = _element(tag, **({"class_": name} if name else {}))
        parent.replace(paragraph, entry)
        entry.tail, paragraph.tail = paragraph.tail, None
        if timed:
            entry.append(_element("time", f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"))
        if titled and pieces:
            lines += (title := _take(pieces, 1))
            entry.append(_element(heading, title[0]))
        if short:
            text = _text(paragraph)
            words = _words(text)[: rng.randint(4, 2 * _MAX_PIECE_WORDS)]
            paragraph[:] = []
            paragraph.text = _join(words, text).strip(" ،,;:.")
        entry.append(paragraph)
        timed = timed and rng.random() < 0.98
    return lines


def _questions(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    pair = _take(pieces, 2)
    if len(pair) < 2:
        return []
    question, answer = (
        _element(rng.choice(("h3", "h4", "summary")), pair[0]),
        _element("p", pair[1]),
    )
    outer = _element("details" if question.tag == "summary" else "div")
    outer.extend([question, _fill(_element("div"), [answer]) if rng.random() < 0.5 else answer])
    _put(at, outer)
    return pair


def _quote(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    lines = _take(pieces, 1)
    quote = _element("blockquote", **rng.choice(({}, {"class_": "wp-block-quote"})))
    _put(at, _fill(quote, _wrapped(rng, lines[0]) if lines else ""))
    return lines


def _short_paragraph(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    lines = _take(pieces, rng.randint(1, 2))
    for line in lines:
        paragraph = _element("p", line)
        outer = _fill(_element("div"), [paragraph]) if rng.random() < 0.5 else paragraph
        _put(at, outer)
    return lines


def _heading(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    lines = _take(pieces, 1)
    if lines:
        _put(at, _element(rng.choice(("h2", "h3", "h4")), lines[0]))
    return lines


def _wrap(rng: random.Random, at: HtmlElement, pieces: list[str]) -> list[str]:
    parent = at.getparent()
    outer = _element(rng.choice(("div", "section")))
    parent.replace(at, outer)
    outer.tail, at.tail = at.tail, None
    outer.append(at)
    return []


_CHANGES = (
    _list, _list, _table, _definitions, _entries, _questions, _quote, _short_paragraph,
    _short_paragraph, _heading, _wrap,
)  # fmt: skip


_NEXT_STORY_SHARE, _AT_END_SHARE, _LIVE_SHARE = 0.4, 0.5, 0.15
_STORY_NAMES = ("", "next", "next-article", "post", "story", "infinite-item", "more-story", "item")


def _next_story(
    rng: random.Random, paragraphs: Sequence[HtmlElement], other: Sequence[str]
) -> None:
    """Behind the article, or before it: another headline with its text, in elements like the article's
    own or in others.
    """
    around = [element for element in paragraphs[0].iterancestors() if _is_around(element)]
    if not around:
        return
    level = rng.randrange(min(4, len(around)))
    shell = around[level]
    for _ in range(rng.choice((1, 1, 2, 3))):
        story = _story(rng, shell, around[0], other)
        if rng.random() < 0.75:
            _put(shell, story)
        else:
            shell.addprevious(story)


def _is_around(element: HtmlElement) -> bool:
    return element.tag not in ("html", "body") and element.getparent() is not None


def _story(
    rng: random.Random, shell: HtmlElement, body: HtmlElement, other: Sequence[str]
) -> HtmlElement:
    alike = rng.random() < 0.4
    story = _element(
        str(shell.tag) if alike else rng.choice(("article", "div", "section", "li")),
        **({"class_": name} if (name := rng.choice(_STORY_NAMES)) else {}),
    )
    if alike and shell.get("class"):
        story.set("class", shell.get("class"))
    first, *rest = rng.sample(other, min(len(other), rng.randint(2, 7)))
    words = _words(first)[: rng.randint(4, 12)]
    heading = _element(rng.choice(("h1", "h2", "h2", "h3")))
    headline = _join(words, first).strip(" ،,;:.")
    if rng.random() < 0.4:
        heading.append(_element("a", headline, href="/another-story"))
    else:
        heading.text = headline
    story.append(heading)
    if rng.random() < 0.4:
        story.append(_element(rng.choice(("time", "div", "span", "p")), "2026-03-10 09:15"))
    text = _element(str(body.tag), **({"class_": body.get("class")} if body.get("class") else {}))
    holder = text if rng.random() < 0.5 and shell is not body else story
    holder.extend([_element("p", paragraph) for paragraph in rest or [first]])
    if holder is text:
        story.append(text)
    return story


_NOTICE_NAMES = ("", "cmp", "cookie-notice", "consent-banner", "site-message", "promo")


def _notices(rng: random.Random, first: HtmlElement, texts: Sequence[str]) -> None:
    """Text that is none of the article, before all else or at the end of the page: words in another
    order, so that they are not taken for the article's.
    """
    bodies = [element for element in first.iterancestors() if element.tag == "body"]
    if not bodies or rng.random() < 0.5:
        return
    box = _element("div", **({"class_": name} if (name := rng.choice(_NOTICE_NAMES)) else {}))
    for text in rng.sample(texts, min(len(texts), rng.randint(1, 2))):
        words = _words(text)
        rng.shuffle(words)
        box.append(_element("p", _join(words[:60], text) + "."))
    box.append(_element(rng.choice(("button", "a")), "OK"))
    if rng.random() < 0.6:
        bodies[0].insert(0, box)
    else:
        bodies[0].append(box)
