"""The text of a story as HTML for other programs (feed readers): balanced, escaped, without scripts,
styles, ids or pictures.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from browse.story.story_text import LineGroup, ShownLine, line_groups, shown_lines
from browse.template_filters import direction, inert, pieces, valid_language
from items import LineKind

_DIV = Markup('<div dir="{}"{}>\n{}\n</div>')
_LANG = Markup(' lang="{}"')


def article_html(row: Mapping[str, Any]) -> str:
    """A row of `articles` with `text`, `kinds` and `language`, without its title, as one `div`."""
    text = str(row["text"] or "")
    paragraphs = text.split("\n\n") if text else []
    parts = map(_group, line_groups(shown_lines(paragraphs, row.get("kinds"))))
    lang = valid_language(row.get("language"))
    return str(
        _DIV.format(
            direction(text),
            _LANG.format(lang) if lang else "",
            Markup("\n").join(filter(None, parts)),
        )
    )


def _group(group: LineGroup) -> Markup:
    if group.container == "ul":
        items = (Markup("<li>{}</li>").format(_with_breaks(line.text)) for line in group.lines)
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    if group.container == "blockquote":
        return Markup("<blockquote>{}</blockquote>").format(_blocks(group))
    if group.container == "table":
        rows = Markup("").join(_rows(group))
        return Markup("<table><tbody>{}</tbody></table>").format(rows)
    return _blocks(group)


def _rows(group: LineGroup) -> Iterator[Markup]:
    for line in group.lines:
        name = "th" if line.kind == "table_header" else "td"
        cells = (Markup("<{0}>{1}</{0}>").format(name, _clean(cell)) for cell in line.cells)
        yield Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _blocks(group: LineGroup) -> Markup:
    runs = groupby(group.lines, key=lambda line: line.kind)
    return Markup("\n").join(block for kind, run in runs for block in _run(kind, run))


def _run(kind: LineKind, lines: Iterable[ShownLine]) -> Iterator[Markup]:
    """Lines of a poem and of a preformatted text are one block."""
    if kind == "verse":
        verses = Markup("<br>").join(_with_breaks(line.text) for line in lines)
        yield Markup("<p>{}</p>").format(verses)
    elif kind == "preformatted":
        text = Markup("\n").join(_clean(line.text) for line in lines)
        yield Markup("<pre>{}</pre>").format(text)
    else:
        for line in lines:
            parts = pieces(line.text) if line.tag == "p" else [line.text]
            yield from (Markup("<{0}>{1}</{0}>").format(line.tag, _with_breaks(p)) for p in parts)


def _with_breaks(text: str) -> Markup:
    """Lines inside of a paragraph are verses, or entries of a list that is none."""
    return Markup("<br>").join(map(_clean, text.split("\n")))


def _clean(text: str) -> Markup:
    return escape(inert(text))
