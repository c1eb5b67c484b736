"""An article of a WordPress site: its content, its page in the theme, its AMP page."""

import json
from html import escape

from demo.expected import Printing
from demo.newsroom import Newsroom, Response
from demo.pages import anchor, body, dates, fill, href, others, page


def answer(room: Newsroom, one: Printing) -> Response:
    if one.trap == "protected":
        content = fill("traps/protected.html", base=room.base, title=escape(one.title))
    else:
        content = fill(f"{room.outlet.system}/article.html", **parts(room, one))
    return page(room, one.title, content, head=head(room, one), lang=one.language)


def amp(room: Newsroom, one: Printing) -> str:
    return fill("jannah/amp.html", **parts(room, one))


def parts(room: Newsroom, one: Printing) -> dict[str, str]:
    place, near = room.outlet, others(room, one, 5)
    author = one.author or place.title
    return {
        "base": room.base,
        "site": escape(place.title),
        "id": str(one.id),
        "href": escape(room.base + one.quoted),
        "title": escape(one.title),
        "section": anchor(place.section(one.section), one.section, 'rel="category tag"'),
        "author": anchor(place.by(author), author, 'rel="author"'),
        "tags": " ".join(anchor(place.tag(tag), tag, 'rel="tag"') for tag in one.tags),
        "body": content(room, one),
        "caption": escape(one.caption or ""),
        "box": "\n".join(f"<li>{anchor(other.path, other.title)}</li>" for other in near[:2]),
        "related": "\n".join(related(room, other) for other in near[2:]),
        "previous": anchor(near[0].path, near[0].title) if near else "",
        "following": anchor(near[-1].path, near[-1].title) if near else "",
        **dates(room, one),
    }


def content(room: Newsroom, one: Printing) -> str:
    """What the REST interface gives too: credits, paragraphs, and in some a line to read also."""
    head = [one.source, one.agency if one.agency_at == "head" else None]
    tail = [one.agency if one.agency_at == "tail" else None]
    between = {2: read_also(room, one)} if one.id % 3 == 0 else {}
    middle = body(one.blocks, between=between)
    return "\n".join([*credits(head), middle, *credits(tail)])


def credits(lines: list[str | None]) -> list[str]:
    return [f"<p>{escape(line)}</p>" for line in lines if line]


def read_also(room: Newsroom, one: Printing) -> str:
    other = others(room, one, 1)[0]
    return f"<p><strong>اقرأ أيضاً: {anchor(room.base + other.path, other.title)}</strong></p>"


def related(room: Newsroom, one: Printing) -> str:
    return f'<div class="related-item tie-standard"><h3 class="post-title">{anchor(one.path, one.title)}</h3><div class="post-meta clearfix"><span class="date meta-item tie-icon">{dates(room, one)["day_comma"]}</span></div></div>'


def head(room: Newsroom, one: Printing) -> str:
    link = escape(room.base + one.quoted)
    noindex = '<meta name="robots" content="noindex, follow" />' if one.trap == "noindex" else ""
    return fill(
        "head.html",
        base=room.base,
        href=link,
        id=str(one.id),
        title=escape(one.title),
        section=escape(one.section),
        tags="\n".join(f'<meta property="article:tag" content="{escape(t)}" />' for t in one.tags),
        noindex=noindex,
        graph=graph(room, one),
        iso=one.published.isoformat(),
        iso_modified=one.modified.isoformat(),
        site=escape(room.outlet.title),
    )


def graph(room: Newsroom, one: Printing) -> str:
    """The JSON-LD that WordPress's commonest plugin writes, abridged."""
    article = {
        "@type": "NewsArticle",
        "@id": f"{room.base}{one.quoted}#article",
        "isPartOf": {"@id": room.base + one.quoted},
        "author": {"@type": "Person", "name": one.author or room.outlet.title},
        "headline": one.title,
        "datePublished": one.published.isoformat(),
        "dateModified": one.modified.isoformat(),
        "articleSection": [one.section],
        "keywords": list(one.tags),
        "image": {"@type": "ImageObject", "url": f"{room.base}{href(f'/images/{one.id}.jpg')}"},
        "inLanguage": one.language,
    }
    web = {"@type": "WebSite", "@id": f"{room.base}/#website", "name": room.outlet.title}
    kept = {key: value for key, value in article.items() if value}
    text = json.dumps({"@context": "https://schema.org", "@graph": [kept, web]}, ensure_ascii=False)
    return text.replace("</", "<\\/")
