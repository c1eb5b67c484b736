"""A site of the old days: nested tables, numbered addresses, windows-1256 that nobody declares."""

from html import escape

from demo.expected import Printing
from demo.newsroom import Newsroom, Request, Response
from demo.pages import anchor, dates, fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    asked = f"{request.path}?id={request.query.get('id', '')}"
    if found := room.at(asked):
        return article(room, found)
    return lists(room, request, asked)


def lists(room: Newsroom, request: Request, asked: str) -> Response | None:
    place = room.outlet
    names = {place.section(name): name for name in place.sections}
    number = request.query.get("page", "1")
    if not number.isdecimal() or (request.path != "/" and asked not in names):
        return None
    name = names.get(asked)
    found = [one for one in room.listed() if name in {None, one.section}]
    here = asked + "&" if name else "/?"
    return listing(
        room, name or place.title, found, int(number), lambda other: f"{here}page={other}"
    )


def article(room: Newsroom, one: Printing) -> Response:
    content = fill(
        "tables/article.html",
        base=room.base,
        id=str(one.id),
        title=escape(one.title),
        section=anchor(room.outlet.section(one.section), one.section),
        author=escape(one.author or room.outlet.title),
        body=text(one),
        **dates(room, one),
    )
    return page(room, f"{one.title} - {room.outlet.title}", content)


def text(one: Printing) -> str:
    """Paragraphs are lines with an empty one between them, the old way."""
    agency = [one.agency] if one.agency else []
    head, tail = (agency, []) if one.agency_at == "head" else ([], agency)
    return "<br /><br />\n".join(escape(line) for line in (*head, *one.paragraphs, *tail))
