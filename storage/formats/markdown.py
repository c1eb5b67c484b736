"""Articles as Markdown (CommonMark, and the tables of GitHub's), with their metadata in front.

Whatever a text has that Markdown takes for markup is escaped, so that it reads as it was written; `#` and
`$` as well, which note programs take for tags and formulas.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from storage.article_rows import Row
from storage.formats.corpus_facts import CorpusFacts, tags_of
from storage.formats.front_matter import YamlValue, front_matter, yaml_lines
from storage.formats.text_structure import Passage, passages

_METADATA = (
    *("number", "id", "url", "site", "outlet", "section", "title", "source", "agency", "author"),
    *("published", "modified", "language", "tags", "image", "access", "gone_at", "reserved"),
    *("first_seen", "last_seen", "words"),
)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>&~|$#^]")
# What makes another thing of a line only where it begins one.
_LINE_MARKUP = re.compile(r"(?P<number>\d{1,9})(?=[.)])|(?=[-+=:%@!])")
_EDGE_SPACE = re.compile(r"^\s+|\s+$")
_LINE_BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029\x0b\x0c\x1c-\x1e]")
_FENCE = re.compile("`{3,}")


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """One article is a note of its own: front matter, then the text. Of several each begins with a
    heading and its metadata in a block of YAML; the front matter is that of the whole.
    """
    rows = iter(rows)
    first = list(islice(rows, 2))
    if len(first) == 1:
        yield article(first[0], facts).encode()
        return
    about: dict[str, YamlValue] = {"made": facts.made_at, "software": facts.software}
    yield front_matter({**about, "selection": _choices(facts)}).encode()
    for row in chain(first, rows):
        # Without a heading of its own, an article would go on with the one before.
        title = _title(row) or f"# {row['id']}\n\n"
        yield f"\n{title}```yaml\n{yaml_lines(_metadata(row, facts))}```\n\n{_body(row)}".encode()


def article(row: Row, facts: CorpusFacts) -> str:
    """One article as a file of its own."""
    return f"{front_matter(_metadata(row, facts))}\n{_title(row)}{_body(row)}"


def _choices(facts: CorpusFacts) -> list[YamlValue]:
    return [f"{name}: {value}" for name, value in facts.choices()]


def _metadata(row: Row, facts: CorpusFacts) -> dict[str, YamlValue | None]:
    row = {**row, "outlet": facts.outlet(row["site"]), "tags": tags_of(row)}
    return {name: row[name] for name in _METADATA}


def _title(row: Row) -> str:
    return f"# {escaped_line(row['title'])}\n\n" if row["title"] else ""


def _body(row: Row) -> str:
    return (
        "\n\n".join(_WRITERS.get(passage.kind, _paragraph)(passage) for passage in passages(row))
        + "\n"
    )


def escaped_line(text: str) -> str:
    """`text` on one line, as it begins one."""
    return _started(_inline(_LINE_BREAKS.sub(" ", text)))


def _inline(text: str) -> str:
    """Escaped; spaces at the ends, which would be dropped, as characters by number."""
    escaped = _MARKUP.sub(r"\\\g<0>", text.replace("\0", "\ufffd"))
    return _EDGE_SPACE.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), escaped)


def _started(text: str) -> str:
    found = _LINE_MARKUP.match(text)
    if not found:
        return text
    number = found["number"] or ""
    return f"{number}\\{text[len(number) :]}"


def _lines(text: str) -> list[str]:
    return [_started(_inline(part)) for part in _LINE_BREAKS.split(text)]


def _paragraph(passage: Passage) -> str:
    return "\n\n".join("\\\n".join(_lines(text)) for text in passage.lines)


def _heading(level: int) -> Callable[[Passage], str]:
    return lambda passage: "\n\n".join(
        f"{'#' * level} {escaped_line(text)}" for text in passage.lines
    )


def _list(passage: Passage) -> str:
    return "\n".join("- " + "\\\n  ".join(_lines(text)) for text in passage.lines)


def _quote(passage: Passage) -> str:
    return "\n>\n".join("> " + "\\\n> ".join(_lines(text)) for text in passage.lines)


def _verse(passage: Passage) -> str:
    return "\\\n".join(part for text in passage.lines for part in _lines(text))


def _caption(passage: Passage) -> str:
    return f"*{escaped_line(passage.lines[0])}*"


def _entry(passage: Passage) -> str:
    return f"**{escaped_line(passage.lines[0])}**"


def _preformatted(passage: Passage) -> str:
    text = "\n".join(passage.lines).replace("\0", "\ufffd")
    longest = max((len(found[0]) for found in _FENCE.finditer(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _table(passage: Passage) -> str:
    """A row may have fewer cells than the first one, never more."""
    rows = list(passage.rows())
    width = max(len(cells) for _, cells in rows)
    header = rows.pop(0)[1] if rows[0][0] else []
    header += [""] * (width - len(header))
    lines = [_table_row(header), "|" + " --- |" * width]
    return "\n".join([*lines, *(_table_row(cells) for _, cells in rows)])


def _table_row(cells: list[str]) -> str:
    return "| " + " | ".join(_inline(_LINE_BREAKS.sub(" ", cell)) for cell in cells) + " |"


_WRITERS: dict[str, Callable[[Passage], str]] = {
    "heading": _heading(2),
    "subheading": _heading(3),
    "list": _list,
    "quote": _quote,
    "verse": _verse,
    "caption": _caption,
    "entry": _entry,
    "preformatted": _preformatted,
    "table": _table,
}
