"""Small pages with a single piece of metadata, and the metadata read from them."""

import json

from items import Hints, Site
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.metadata import Metadata, metadata_of_page

SITE = Site(
    name="nada", title="وكالة الندى", homepage="https://nada.example", timezone="Asia/Damascus"
)
URL = "https://nada.example/news/5"
TITLE = "انطلاق موسم قطاف الزيتون"


def read(
    head: str = "",
    body: str = f"<h1>{TITLE}</h1><p>نص</p>",
    url: str = URL,
    site: Site = SITE,
    hints: Hints | None = None,
    fetched: str | None = None,
) -> Metadata:
    tree = parse_html(f"<html lang=ar><head>{head}</head><body>{body}</body></html>")
    assert tree is not None
    return metadata_of_page(tree, url, site, hints, fetched)


def ld(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **node})}</script>'
