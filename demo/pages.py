"""What every site of the demo has, made from templates (`templates/<name>.html`, `$name` filled in):
a layout, lists with a pager, robots.txt, traps, a 404.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from demo.expected import Printing
from demo.newsroom import Newsroom, Request, Response, html
from demo.outlets import Trap
from demo.stories import INLINE, Block, clock, month_name, weekday_name

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


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/robots.txt":
        return Response(200, robots(room).encode(), {"Content-Type": "text/plain; charset=utf-8"})
    trap = next((one for one in room.outlet.traps if one.path == request.path), None)
    return trap_page(room, trap) if trap and trap.kind != "mirror" else None


def robots(room: Newsroom) -> str:
    hidden = [one.quoted for one in room.printings() if one.trap == "disallowed"]
    lines = ["User-agent: *", "Disallow: /wp-admin/", *(f"Disallow: {path}" for path in hidden)]
    lines += ["Crawl-delay: 0.02"]
    lines += [f"Sitemap: {room.base}{path}" for path in room.outlet.announced]
    return "\n".join(lines) + "\n"


def trap_page(room: Newsroom, trap: Trap) -> Response:
    content = fill(f"traps/{trap.kind}.html", base=room.base, title=escape(trap.title))
    return page(room, trap.title, content, status=trap.status)


def not_found(room: Newsroom) -> Response:
    title = "الصفحة غير موجودة"
    return page(room, title, fill("traps/missing.html", base=room.base, title=title), status=404)


def page(
    room: Newsroom, title: str, content: str, *, head: str = "", status: int = 200, lang: str = "ar"
) -> Response:
    """`content` inside the site's layout, in the site's charset."""
    place = room.outlet
    text = fill(
        f"{place.system}/layout.html",
        base=room.base,
        site=escape(place.title),
        slogan=escape(place.slogan),
        title=escape(title),
        head=head,
        content=content,
        menu="\n".join(f"<li>{anchor(place.section(name), name)}</li>" for name in place.sections),
        latest="\n".join(f"<li>{anchor(one.path, one.title)}</li>" for one in latest(room)),
        lang=lang,
        dir="rtl" if lang in {"ar", "fa"} else "ltr",
    )
    return html(text, status, charset=place.charset, said=place.charset == "utf-8")


def latest(room: Newsroom) -> list[Printing]:
    return [one for one in room.listed() if not one.trap][:5]


def listing(
    room: Newsroom,
    heading: str,
    found: Sequence[Printing],
    number: int,
    turn: Callable[[int], str],
    extra: str = "",
) -> Response:
    """Page `number` (from 1) of a list; `turn` gives the address of another page of it."""
    size = room.outlet.per_page
    shown = found[(number - 1) * size : number * size]
    if not shown:
        return not_found(room)
    content = fill(
        f"{room.outlet.system}/list.html",
        base=room.base,
        heading=escape(heading),
        items="\n".join(teaser(room, one) for one in shown) + extra,
        pager=pager(number, -(-len(found) // size), turn),
    )
    return page(room, heading, content)


def teaser(room: Newsroom, one: Printing) -> str:
    return fill(
        f"{room.outlet.system}/teaser.html",
        base=room.base,
        id=str(one.id),
        href=escape(href(one.path)),
        title=escape(one.title),
        excerpt=escape(excerpt(one)),
        section=escape(one.section),
        **dates(room, one),
    )


def excerpt(one: Printing) -> str:
    return " ".join(one.paragraphs[0].split()[:18]) + " …"


def pager(number: int, last: int, turn: Callable[[int], str]) -> str:
    links = [anchor(turn(other), str(other)) for other in range(1, last + 1) if other != number]
    if number < last:
        links.append(anchor(turn(number + 1), "التالي ›", 'rel="next" class="next"'))
    return "\n".join(links)


def dates(room: Newsroom, one: Printing) -> dict[str, str]:
    """A time in every spelling that a template may want, local to the site."""
    at = one.published.astimezone(room.outlet.zone)
    changed = one.modified.astimezone(room.outlet.zone)
    return {
        "iso": at.isoformat(),
        "iso_modified": changed.isoformat(),
        "day": f"{at.day} {month_name(at)} {at.year}",
        "day_comma": f"{at.day} {month_name(at)}، {at.year}",
        "day_slashes": at.strftime("%Y/%m/%d"),
        "day_dots": at.strftime("%d.%m.%Y"),
        "drupal": f"{weekday_name(at)}, {at.strftime('%m/%d/%Y - %H:%M')}",
        "weekday": weekday_name(at),
        "clock": clock(at),
        "hour": at.strftime("%H:%M"),
    }
