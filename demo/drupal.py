"""A Drupal site: nodes, taxonomy terms, a pager that counts from 0, rss.xml, RDFa dates."""

from html import escape

from demo.expected import Printing
from demo.feeds import rss
from demo.newsroom import Newsroom, Request, Response, conditional, xml
from demo.pages import anchor, body, dates, fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/rss.xml":
        return conditional(request, xml(rss(room), "application/rss+xml"), room.modified())
    if printing := room.at(request.path):
        return article(room, printing)
    return lists(room, request)


def lists(room: Newsroom, request: Request) -> Response | None:
    heading, listed = select_list(room, request.path)
    number = request.query.get("page", "0")
    if not listed or not number.isdecimal():
        return None

    def page_url(number: int) -> str:
        return request.path + (f"?page={number - 1}" if number > 1 else "")

    extra = extra_links(room) if request.path == "/" else ""
    return listing(room, heading, listed, int(number) + 1, page_url, extra)


def select_list(room: Newsroom, path: str) -> tuple[str, list[Printing]]:
    outlet, listed = room.outlet, room.listed()
    if path == "/":
        return outlet.title, listed
    for name in outlet.sections:
        if path == outlet.section(name):
            return name, [printing for printing in listed if printing.section == name]
    for tag in {tag for printing in listed for tag in printing.tags}:
        if path == outlet.tag(tag):
            return tag, [printing for printing in listed if tag in printing.tags]
    return "", []


def extra_links(room: Newsroom) -> str:
    """The front page links some articles a second time, with a campaign, and the traps."""
    links = [
        (f"{printing.path}?utm_source=front&utm_medium=box", printing.title)
        for printing in room.listed()[:3]
    ]
    links += [(trap.path, trap.title) for trap in room.outlet.traps]
    return "\n".join(f'<div class="block-views">{anchor(path, text)}</div>' for path, text in links)


def article(room: Newsroom, printing: Printing) -> Response:
    outlet = room.outlet
    credit = f"<p>{escape(printing.agency)}</p>" if printing.agency else ""
    text = body(printing.blocks)
    content = fill(
        "drupal/article.html",
        base=room.base,
        id=str(printing.id),
        title=escape(printing.title),
        author=escape(printing.author or "محرر"),
        body=credit + text if printing.agency_at == "head" else text + credit,
        section=anchor(
            outlet.section(printing.section),
            printing.section,
            'property="rdfs:label skos:prefLabel"',
        ),
        tags="".join(tag_item(room, tag, number) for number, tag in enumerate(printing.tags)),
        **dates(room, printing),
    )
    canonical = f'<link rel="canonical" href="{printing.quoted}" />'
    return page(room, printing.title, content, head=canonical, lang=printing.language)


def tag_item(room: Newsroom, tag: str, number: int) -> str:
    label = anchor(
        room.outlet.tag(tag), tag, 'typeof="skos:Concept" property="rdfs:label skos:prefLabel"'
    )
    return (
        f'<div class="field-item {"odd" if number % 2 else "even"}" rel="dc:subject">{label}</div>'
    )
