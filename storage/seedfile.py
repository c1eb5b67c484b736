"""The seed format, written: what the view `corpus` holds and `export --format txt` writes."""

import re

from items import Article
from storage.storable import storable_article

NAME = re.compile(r"(?P<number>\d{3,9})_(?P<id>[0-9a-f]{16})\.txt")


def name(number: int, article_id: str) -> str:
    """The file name: of number and id alone, so that nothing from the web gets into it."""
    return f"{number:03d}_{article_id}.txt"


def render(article: Article) -> str:
    """Section, title, source line (each when known) and the paragraphs, a blank line between any
    two; NFC, LF, no final newline.
    """
    article = storable_article(article)
    head = (article.section, article.title, article.source)
    return "\n\n".join([*filter(None, head), *article.paragraphs])
