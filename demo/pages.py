"""What every site of the demo has, rendered from `templates/`: a layout, lists with a pager,
robots.txt, traps, a 404 page.
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
    """Fill in `$name` in a template; the values are HTML."""
    return template(name).substitute(values)


def body(blocks: tuple[Block, ...], *, between: dict[int, str] | None = None) -> str:
    """Blocks as HTML; `between` maps a block's number (from 1) to HTML that follows it."""
    lines = []
    for number, block in enumerate(blocks, 1):
        lines.append(block_html(block))
        lines.extend([between[number]] if between and number in between else [])
    return group_list_items("\n".join(lines))


def block_html(block: Block) -> str:
    inner = INLINE.sub(inline, escape(block.raw, quote=False))
    if block.kind == "blockquote":
        return f"<blockquote><p>{inner}</p></blockquote>"
    return f"<{block.kind}>{inner}</{block.kind}>"


def inline(match: re.Match[str]) -> str:
    if match["strong"]:
        return f"<strong>{match['strong']}</strong>"
    return f'<a href="{match["href"]}">{match["text"]}</a>'


def group_list_items(markup: str) -> str:
    return re.sub(
        r"(?:<li>.*</li>\n?)+", lambda match: f"<ul>\n{match[0].rstrip()}\n</ul>\n", markup
    )


def href(path: str) -> str:
    return quote(path, safe="/?=&-._~:#")


def anchor(path: str, text: str, attributes: str = "") -> str:
    return f'<a href="{escape(href(path))}" {attributes}>{escape(text)}</a>'


def others(room: Newsroom, printing: Printing, count: int) -> list[Printing]:
    """Articles to link from a page: the same section first, in a stable order."""
    candidates = [
        other for other in room.listed() if other.path != printing.path and not other.trap
    ]
    candidates.sort(
        key=lambda other: (other.section != printing.section, (other.id * 31 + printing.id) % 97)
    )
    return candidates[:count]


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/robots.txt":
        return Response(200, robots(room).encode(), {"Content-Type": "text/plain; charset=utf-8"})
    trap = next((trap for trap in room.outlet.traps if trap.path == request.path), None)
    return trap_page(room, trap) if trap and trap.kind != "mirror" else None


def robots(room: Newsroom) -> str:
    disallowed = [printing.quoted for printing in room.printings() if printing.trap == "disallowed"]
    lines = ["User-agent: *", "Disallow: /wp-admin/", *(f"Disallow: {path}" for path in disallowed)]
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
    outlet = room.outlet
    text = fill(
        f"{outlet.system}/layout.html",
        base=room.base,
        site=escape(outlet.title),
        slogan=escape(outlet.slogan),
        title=escape(title),
        head=head,
        content=content,
        menu="\n".join(
            f"<li>{anchor(outlet.section(name), name)}</li>" for name in outlet.sections
        ),
        latest="\n".join(
            f"<li>{anchor(printing.path, printing.title)}</li>" for printing in latest(room)
        ),
        lang=lang,
        dir="rtl" if lang in {"ar", "fa"} else "ltr",
    )
    return html(text, status, charset=outlet.charset, declared=outlet.charset == "utf-8")


def latest(room: Newsroom) -> list[Printing]:
    return [printing for printing in room.listed() if not printing.trap][:5]


def listing(
    room: Newsroom,
    heading: str,
    printings: Sequence[Printing],
    number: int,
    page_url: Callable[[int], str],
    extra: str = "",
) -> Response:
    """Page `number` (from 1) of a list; `page_url` gives the URL of a page by number."""
    size = room.outlet.per_page
    visible = printings[(number - 1) * size : number * size]
    if not visible:
        return not_found(room)
    content = fill(
        f"{room.outlet.system}/list.html",
        base=room.base,
        heading=escape(heading),
        items="\n".join(teaser(room, printing) for printing in visible) + extra,
        pager=pager(number, -(-len(printings) // size), page_url),
    )
    return page(room, heading, content)


def teaser(room: Newsroom, printing: Printing) -> str:
    return fill(
        f"{room.outlet.system}/teaser.html",
        base=room.base,
        id=str(printing.id),
        href=escape(href(printing.path)),
        title=escape(printing.title),
        excerpt=escape(excerpt(printing)),
        section=escape(printing.section),
        **dates(room, printing),
    )


def excerpt(printing: Printing) -> str:
    return " ".join(printing.paragraphs[0].split()[:18]) + " …"


def pager(number: int, last: int, page_url: Callable[[int], str]) -> str:
    links = [
        anchor(page_url(target), str(target)) for target in range(1, last + 1) if target != number
    ]
    if number < last:
        links.append(anchor(page_url(number + 1), "التالي ›", 'rel="next" class="next"'))
    return "\n".join(links)


def dates(room: Newsroom, printing: Printing) -> dict[str, str]:
    """The times in every format that the templates use, local to the site."""
    published = printing.published.astimezone(room.outlet.zone)
    modified = printing.modified.astimezone(room.outlet.zone)
    return {
        "iso": published.isoformat(),
        "iso_modified": modified.isoformat(),
        "day": f"{published.day} {month_name(published)} {published.year}",
        "day_comma": f"{published.day} {month_name(published)}، {published.year}",
        "day_slashes": published.strftime("%Y/%m/%d"),
        "day_dots": published.strftime("%d.%m.%Y"),
        "drupal": f"{weekday_name(published)}, {published.strftime('%m/%d/%Y - %H:%M')}",
        "weekday": weekday_name(published),
        "clock": clock(published),
        "hour": published.strftime("%H:%M"),
    }
