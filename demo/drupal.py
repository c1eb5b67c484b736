"""Drupal: nodes, taxonomy terms, a pager that counts from 0, rss.xml, RDFa dates."""

from html import escape

from demo.expected import Printing
from demo.feeds import rss
from demo.newsroom import Newsroom, Request, Response, conditional, xml
from demo.pages import anchor, body, dates, fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/rss.xml":
        return conditional(request, xml(rss(room), "application/rss+xml"), room.modified())
    if found := room.at(request.path):
        return article(room, found)
    return lists(room, request)


def lists(room: Newsroom, request: Request) -> Response | None:
    heading, found = chosen(room, request.path)
    place = request.query.get("page", "0")
    if not found or not place.isdecimal():
        return None

    def turn(other: int) -> str:
        return request.path + (f"?page={other - 1}" if other > 1 else "")

    extra = tracked(room) if request.path == "/" else ""
    return listing(room, heading, found, int(place) + 1, turn, extra)


def chosen(room: Newsroom, here: str) -> tuple[str, list[Printing]]:
    place, listed = room.outlet, room.listed()
    if here == "/":
        return place.title, listed
    for name in place.sections:
        if here == place.section(name):
            return name, [one for one in listed if one.section == name]
    for tag in {tag for one in listed for tag in one.tags}:
        if here == place.tag(tag):
            return tag, [one for one in listed if tag in one.tags]
    return "", []


def tracked(room: Newsroom) -> str:
    """The front page points at articles a second time, with a campaign, and at the traps."""
    links = [
        (f"{one.path}?utm_source=front&utm_medium=box", one.title) for one in room.listed()[:3]
    ]
    links += [(trap.path, trap.title) for trap in room.outlet.traps]
    return "\n".join(f'<div class="block-views">{anchor(path, text)}</div>' for path, text in links)


def article(room: Newsroom, one: Printing) -> Response:
    place = room.outlet
    credit = f"<p>{escape(one.agency)}</p>" if one.agency else ""
    text = body(one.blocks)
    content = fill(
        "drupal/article.html",
        base=room.base,
        id=str(one.id),
        title=escape(one.title),
        author=escape(one.author or "محرر"),
        body=credit + text if one.agency_at == "head" else text + credit,
        section=anchor(
            place.section(one.section), one.section, 'property="rdfs:label skos:prefLabel"'
        ),
        tags="".join(tag_item(room, tag, number) for number, tag in enumerate(one.tags)),
        **dates(room, one),
    )
    canonical = f'<link rel="canonical" href="{one.quoted}" />'
    return page(room, one.title, content, head=canonical, lang=one.language)


def tag_item(room: Newsroom, tag: str, number: int) -> str:
    label = anchor(
        room.outlet.tag(tag), tag, 'typeof="skos:Concept" property="rdfs:label skos:prefLabel"'
    )
    return (
        f'<div class="field-item {"odd" if number % 2 else "even"}" rel="dc:subject">{label}</div>'
    )
