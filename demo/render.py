"""Pages from templates: `templates/<name>.html`, with `$name` for what is filled in."""

import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from demo.expected import Printing
from demo.newsroom import Newsroom
from demo.stories import INLINE, Block

FOLDER = Path(__file__).parent / "templates"


@cache
def template(name: str) -> Template:
    return Template((FOLDER / name).read_text(encoding="utf-8"))


def fill(name: str, **values: str) -> str:
    """Values are HTML already."""
    return template(name).substitute(values)


def body(blocks: tuple[Block, ...], *, between: dict[int, str] | None = None) -> str:
    """Blocks as HTML; `between` puts HTML after the paragraph of that number (from 1)."""
    lines = []
    for number, block in enumerate(blocks, 1):
        lines.append(block_html(block))
        lines.extend([between[number]] if between and number in between else [])
    return grouped("\n".join(lines))


def block_html(block: Block) -> str:
    inner = INLINE.sub(inline, escape(block.raw, quote=False))
    if block.kind == "blockquote":
        return f"<blockquote><p>{inner}</p></blockquote>"
    return f"<{block.kind}>{inner}</{block.kind}>"


def inline(found: re.Match[str]) -> str:
    if found["strong"]:
        return f"<strong>{found['strong']}</strong>"
    return f'<a href="{found["href"]}">{found["text"]}</a>'


def grouped(markup: str) -> str:
    return re.sub(r"(?:<li>.*</li>\n?)+", lambda run: f"<ul>\n{run[0].rstrip()}\n</ul>\n", markup)


def href(path: str) -> str:
    return quote(path, safe="/?=&-._~:#")


def anchor(path: str, text: str, attributes: str = "") -> str:
    return f'<a href="{escape(href(path))}" {attributes}>{escape(text)}</a>'


def others(room: Newsroom, printing: Printing, number: int) -> list[Printing]:
    """Articles to point at from a page: the same section first, always the same ones."""
    rest = [one for one in room.listed() if one.path != printing.path and not one.trap]
    rest.sort(key=lambda one: (one.section != printing.section, (one.id * 31 + printing.id) % 97))
    return rest[:number]
