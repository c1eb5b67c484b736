"""An article of a WordPress site: its content, its page in the theme and its AMP page."""

import json
from html import escape

from demo.expected import Printing
from demo.newsroom import Newsroom, Response
from demo.pages import anchor, body, dates, fill, href, others, page


def answer(room: Newsroom, printing: Printing) -> Response:
    if printing.trap == "protected":
        content = fill("traps/protected.html", base=room.base, title=escape(printing.title))
    else:
        content = fill(f"{room.outlet.system}/article.html", **parts(room, printing))
    return page(room, printing.title, content, head=head(room, printing), lang=printing.language)


def amp(room: Newsroom, printing: Printing) -> str:
    return fill("jannah/amp.html", **parts(room, printing))


def parts(room: Newsroom, printing: Printing) -> dict[str, str]:
    outlet, other_articles = room.outlet, others(room, printing, 5)
    author = printing.author or outlet.title
    return {
        "base": room.base,
        "site": escape(outlet.title),
        "id": str(printing.id),
        "href": escape(room.base + printing.quoted),
        "title": escape(printing.title),
        "section": anchor(outlet.section(printing.section), printing.section, 'rel="category tag"'),
        "author": anchor(outlet.by(author), author, 'rel="author"'),
        "tags": " ".join(anchor(outlet.tag(tag), tag, 'rel="tag"') for tag in printing.tags),
        "body": content(room, printing),
        "caption": escape(printing.caption or ""),
        "box": "\n".join(
            f"<li>{anchor(other.path, other.title)}</li>" for other in other_articles[:2]
        ),
        "related": "\n".join(related(room, other) for other in other_articles[2:]),
        "previous": anchor(other_articles[0].path, other_articles[0].title)
        if other_articles
        else "",
        "following": anchor(other_articles[-1].path, other_articles[-1].title)
        if other_articles
        else "",
        **dates(room, printing),
    }


def content(room: Newsroom, printing: Printing) -> str:
    """As the REST interface gives it: credits, paragraphs and, in some, a read-also line."""
    head = [printing.source, printing.agency if printing.agency_at == "head" else None]
    tail = [printing.agency if printing.agency_at == "tail" else None]
    between = {2: read_also(room, printing)} if printing.id % 3 == 0 else {}
    middle = body(printing.blocks, between=between)
    return "\n".join([*credits(head), middle, *credits(tail)])


def credits(lines: list[str | None]) -> list[str]:
    return [f"<p>{escape(line)}</p>" for line in lines if line]


def read_also(room: Newsroom, printing: Printing) -> str:
    other = others(room, printing, 1)[0]
    return f"<p><strong>اقرأ أيضاً: {anchor(room.base + other.path, other.title)}</strong></p>"


def related(room: Newsroom, printing: Printing) -> str:
    return f'<div class="related-item tie-standard"><h3 class="post-title">{anchor(printing.path, printing.title)}</h3><div class="post-meta clearfix"><span class="date meta-item tie-icon">{dates(room, printing)["day_comma"]}</span></div></div>'


def head(room: Newsroom, printing: Printing) -> str:
    link = escape(room.base + printing.quoted)
    noindex = (
        '<meta name="robots" content="noindex, follow" />' if printing.trap == "noindex" else ""
    )
    return fill(
        "head.html",
        base=room.base,
        href=link,
        id=str(printing.id),
        title=escape(printing.title),
        section=escape(printing.section),
        tags="\n".join(
            f'<meta property="article:tag" content="{escape(tag)}" />' for tag in printing.tags
        ),
        noindex=noindex,
        graph=graph(room, printing),
        iso=printing.published.isoformat(),
        iso_modified=printing.modified.isoformat(),
        site=escape(room.outlet.title),
    )


def graph(room: Newsroom, printing: Printing) -> str:
    """The JSON-LD that Yoast SEO writes, abridged."""
    article = {
        "@type": "NewsArticle",
        "@id": f"{room.base}{printing.quoted}#article",
        "isPartOf": {"@id": room.base + printing.quoted},
        "author": {"@type": "Person", "name": printing.author or room.outlet.title},
        "headline": printing.title,
        "datePublished": printing.published.isoformat(),
        "dateModified": printing.modified.isoformat(),
        "articleSection": [printing.section],
        "keywords": list(printing.tags),
        "image": {
            "@type": "ImageObject",
            "url": f"{room.base}{href(f'/images/{printing.id}.jpg')}",
        },
        "inLanguage": printing.language,
    }
    web = {"@type": "WebSite", "@id": f"{room.base}/#website", "name": room.outlet.title}
    present = {key: value for key, value in article.items() if value}
    text = json.dumps(
        {"@context": "https://schema.org", "@graph": [present, web]}, ensure_ascii=False
    )
    return text.replace("</", "<\\/")
