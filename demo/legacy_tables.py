"""An old site: nested tables, numbered addresses, undeclared windows-1256."""

from html import escape

from demo.expected import Printing
from demo.newsroom import Newsroom, Request, Response
from demo.pages import anchor, dates, fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    target = f"{request.path}?id={request.query.get('id', '')}"
    if printing := room.at(target):
        return article(room, printing)
    return lists(room, request, target)


def lists(room: Newsroom, request: Request, target: str) -> Response | None:
    outlet = room.outlet
    names = {outlet.section(name): name for name in outlet.sections}
    number = request.query.get("page", "1")
    if not number.isdecimal() or (request.path != "/" and target not in names):
        return None
    name = names.get(target)
    listed = [printing for printing in room.listed() if name in {None, printing.section}]
    prefix = target + "&" if name else "/?"
    return listing(
        room, name or outlet.title, listed, int(number), lambda page: f"{prefix}page={page}"
    )


def article(room: Newsroom, printing: Printing) -> Response:
    content = fill(
        "tables/article.html",
        base=room.base,
        id=str(printing.id),
        title=escape(printing.title),
        section=anchor(room.outlet.section(printing.section), printing.section),
        author=escape(printing.author or room.outlet.title),
        body=text(printing),
        **dates(room, printing),
    )
    return page(room, f"{printing.title} - {room.outlet.title}", content)


def text(printing: Printing) -> str:
    """Paragraphs are lines, separated by empty lines."""
    agency = [printing.agency] if printing.agency else []
    head, tail = (agency, []) if printing.agency_at == "head" else ([], agency)
    return "<br /><br />\n".join(escape(line) for line in (*head, *printing.paragraphs, *tail))
