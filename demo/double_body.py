"""A site whose pages contain the body twice, for phones and for desktops, with read-also lines."""

import json
from html import escape

from demo.expected import Printing
from demo.feeds import atom
from demo.newsroom import Newsroom, Request, Response, conditional, xml
from demo.pages import anchor, block_html, body, dates, fill, listing, others, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/atom.xml":
        return conditional(request, xml(atom(room), "application/atom+xml"), room.modified())
    if printing := room.at(request.path):
        return article(room, printing)
    return lists(room, request.path)


def lists(room: Newsroom, path: str) -> Response | None:
    outlet = room.outlet
    names = {outlet.section(name): name for name in outlet.sections}
    if path != "/" and path not in names:
        return None
    name = names.get(path)
    listed = [printing for printing in room.listed() if name in {None, printing.section}]
    return listing(room, name or outlet.title, listed, 1, lambda _: path)


def article(room: Newsroom, printing: Printing) -> Response:
    content = fill(
        "twice/article.html",
        base=room.base,
        id=str(printing.id),
        lead=block_html(printing.blocks[0]),
        body=below_lead(room, printing),
        tags=" ".join(escape(tag) for tag in printing.tags),
        related="\n".join(
            f"<li>{anchor(other.path, other.title)}</li>" for other in others(room, printing, 5)
        ),
        **dates(room, printing),
    )
    head = fill(
        "twice/head.html",
        href=escape(room.base + printing.quoted),
        title=escape(printing.title),
        linked=linked_data(room, printing),
    )
    return page(room, printing.title, content, head=head, lang=printing.language)


def below_lead(room: Newsroom, printing: Printing) -> str:
    """Everything below the first paragraph, with the read-also lines."""
    first, second = others(room, printing, 2)
    last = len(printing.blocks) - 2
    between = {last: f"<p>قد يهمك: {anchor(second.path, second.title)}</p>"}
    between[min(2, last - 1)] = f"<p>إقرأ أيضاً: {anchor(first.path, first.title)}</p>"
    credit = f"<p>{escape(printing.agency)}</p>" if printing.agency else ""
    return body(printing.blocks[1:], between=between) + credit


def linked_data(room: Newsroom, printing: Printing) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": printing.title,
        "articleSection": printing.section,
        "datePublished": printing.published.astimezone(room.outlet.zone).isoformat(),
        "dateModified": printing.modified.astimezone(room.outlet.zone).isoformat(),
        "keywords": ", ".join(printing.tags),
        "author": {"@type": "Person", "name": printing.author} if printing.author else None,
        "publisher": {"@type": "Organization", "name": room.outlet.title},
    }
    present = {key: value for key, value in data.items() if value}
    return json.dumps(present, ensure_ascii=False).replace("</", "<\\/")
