"""Articles as TEI P5: a corpus with a text for each, or one text; valid by the schema `tei_all`."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from storage.article_rows import Row
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.tei_header import article_header, corpus_header
from storage.formats.text_structure import Passage, passages
from storage.formats.xml_text import attribute_list, element, text

_ROOT = 'xmlns="http://www.tei-c.org/ns/1.0"'
_LANGUAGE = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """One article is a `TEI`; several are a `teiCorpus`, which cannot be empty: no article is a `TEI`
    without text.
    """
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    rows = iter(rows)
    first = list(islice(rows, 2))
    if len(first) == 1:
        yield _article(first[0], facts, _ROOT).encode()
    elif not first:
        yield f"<TEI {_ROOT}>{corpus_header(facts)}<text><body><p/></body></text></TEI>\n".encode()
    else:
        yield f"<teiCorpus {_ROOT}>\n{corpus_header(facts)}\n".encode()
        for row in chain(first, rows):
            yield _article(row, facts).encode()
        yield b"</teiCorpus>\n"


def _article(row: Row, facts: CorpusFacts, root: str = "") -> str:
    language = attribute_list(xml_lang=language_tag(row["language"]))
    start = f"<TEI {root}".rstrip() + f' xml:id="article-{row["id"]}">\n'
    body = "\n".join(chain(_head(row), _body(row)))
    return f"{start}{article_header(row, facts)}\n<text{language}><body>\n{body}\n</body></text></TEI>\n"


def language_tag(language: str | None) -> str:
    """`und` where it is not known, as BCP 47 has it."""
    return language if language and _LANGUAGE.fullmatch(language) else "und"


def _head(row: Row) -> Iterator[str]:
    if row["title"]:
        yield element("head", row["title"], type="main")


def _body(row: Row) -> Iterator[str]:
    """A heading begins a division, and a subheading one within it."""
    depth = 0
    for passage in passages(row):
        if passage.kind in _LEVELS:
            level = min(_LEVELS[passage.kind], depth + 1)
            yield "</div>" * (depth - level + 1) + f"<div>{element('head', passage.lines[0])}"
            depth = level
        else:
            yield _WRITERS.get(passage.kind, _paragraphs)(passage)
    if depth:
        yield "</div>" * depth


_LEVELS = {"heading": 1, "subheading": 2}


def _wrapped(name: str, start: str = "") -> Callable[[Passage], str]:
    """Each line of a passage in an element of this name."""
    return lambda passage: "".join(
        f"<{name}{start}>{_broken(line)}</{name}>" for line in passage.lines
    )


def _within(outer: str, inner: str) -> Callable[[Passage], str]:
    elements = _wrapped(inner)
    return lambda passage: f"<{outer}>{elements(passage)}</{outer}>"


def _broken(line: str) -> str:
    return text(line).replace("\n", "<lb/>")


def _table(passage: Passage) -> str:
    rows = (
        f"<row{attribute_list(role='label' if is_header else None)}>"
        + "".join(f"<cell>{_broken(cell)}</cell>" for cell in cells)
        + "</row>"
        for is_header, cells in passage.rows()
    )
    return f"<table>{''.join(rows)}</table>"


_paragraphs = _wrapped("p")
_WRITERS: dict[str, Callable[[Passage], str]] = {
    "list": _within("list", "item"),
    "quote": _within("quote", "p"),
    "verse": _within("lg", "l"),
    "table": _table,
    "caption": _wrapped("p", ' rend="caption"'),
    "entry": _wrapped("p", ' rend="entry"'),
    "preformatted": _wrapped("p", ' rend="preformatted" xml:space="preserve"'),
}
