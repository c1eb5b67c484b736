"""What each source of a page says of a field, and what became of it: the reasons of a choice."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "author", "published", "modified", "section", "tags", "language"]


@dataclass(frozen=True, slots=True)
class Witness:
    """`source` names the place: `feed`, `json-ld NewsArticle`, `meta og:title`, `h1`, `address`,
    `byline 3 elements behind the headline`. `value` is what stands there. `verdict` is `taken`, or
    the reason why it was not, as words for a person: `of another article`, `the site's own name`.
    """

    field: Field
    source: str
    value: str
    verdict: str
