"""A site whose page holds the body twice, for phones and for desks, with lines to read also."""

import json
from html import escape

from demo.expected import Printing
from demo.feeds import atom
from demo.newsroom import Newsroom, Request, Response, conditional, xml
from demo.pages import anchor, block_html, body, dates, fill, listing, others, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/atom.xml":
        return conditional(request, xml(atom(room), "application/atom+xml"), room.modified())
    if found := room.at(request.path):
        return article(room, found)
    return lists(room, request.path)


def lists(room: Newsroom, path: str) -> Response | None:
    place = room.outlet
    names = {place.section(name): name for name in place.sections}
    if path != "/" and path not in names:
        return None
    name = names.get(path)
    found = [one for one in room.listed() if name in {None, one.section}]
    return listing(room, name or place.title, found, 1, lambda _: path)


def article(room: Newsroom, one: Printing) -> Response:
    content = fill(
        "twice/article.html",
        base=room.base,
        id=str(one.id),
        lead=block_html(one.blocks[0]),
        body=rest(room, one),
        tags=" ".join(escape(tag) for tag in one.tags),
        related="\n".join(
            f"<li>{anchor(two.path, two.title)}</li>" for two in others(room, one, 5)
        ),
        **dates(room, one),
    )
    head = fill(
        "twice/head.html",
        href=escape(room.base + one.quoted),
        title=escape(one.title),
        linked=linked(room, one),
    )
    return page(room, one.title, content, head=head, lang=one.language)


def rest(room: Newsroom, one: Printing) -> str:
    """All below the first paragraph, with the lines that point elsewhere."""
    first, second = others(room, one, 2)
    last = len(one.blocks) - 2
    between = {last: f"<p>قد يهمك: {anchor(second.path, second.title)}</p>"}
    between[min(2, last - 1)] = f"<p>إقرأ أيضاً: {anchor(first.path, first.title)}</p>"
    credit = f"<p>{escape(one.agency)}</p>" if one.agency else ""
    return body(one.blocks[1:], between=between) + credit


def linked(room: Newsroom, one: Printing) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "articleSection": one.section,
        "datePublished": one.published.astimezone(room.outlet.zone).isoformat(),
        "dateModified": one.modified.astimezone(room.outlet.zone).isoformat(),
        "keywords": ", ".join(one.tags),
        "author": {"@type": "Person", "name": one.author} if one.author else None,
        "publisher": {"@type": "Organization", "name": room.outlet.title},
    }
    kept = {key: value for key, value in data.items() if value}
    return json.dumps(kept, ensure_ascii=False).replace("</", "<\\/")
