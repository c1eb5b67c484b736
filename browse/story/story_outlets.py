"""What the database has of one story at all its outlets, without the texts, as far as a page shows it."""

import json
from dataclasses import dataclass, field

from datasette.app import Datasette
from datasette.utils.asgi import NotFound

from browse.live_database import ResultRow, rows
from browse.story.timeline import Shares, shares_of
from browse.translation import gettext as _

# Rows of one story that a page can do with; beyond them it says that there are more.
MAX_ROWS = 2_000
# Characters of a copy's revisions, which are one JSON: read for every copy of a story.
_MAX_JSON_CHARS = 200_000

_COPY = (
    "id, original, kind, jaccard, containment, url, published, first_seen, last_seen, site, title, "
    "source, agency, language, gone_at"
)
_QUERIES = {
    "copies": f"SELECT {_COPY} FROM copies WHERE original = :n "  # noqa: S608
    "ORDER BY published IS NULL, published, id LIMIT :most",
    # As `:n IN (article, other)` it would read the whole table.
    "related": "SELECT kind, jaccard, containment, number, articles.id, title, site, published, "
    "first_seen, language, source, agency, url FROM related "
    "JOIN articles ON number = iif(article = :n, other, article) "
    "WHERE article = :n OR other = :n ORDER BY containment DESC LIMIT :most",
    "revisions": "SELECT revision, valid_from, valid_to, title, cause FROM revisions "
    "WHERE article = :n ORDER BY valid_to, revision LIMIT :most",
    "of_copies": "SELECT copies.id, site, url, language, first_seen, json_each.key AS position, "
    "json_each.key + 1 = json_array_length(copies.revisions) AS is_last, "
    "json_each.value ->> 'valid_from' AS valid_from, json_each.value ->> 'valid_to' AS valid_to, "
    "json_each.value ->> 'title' AS title, json_each.value ->> 'cause' AS cause "
    "FROM copies, json_each(copies.revisions) WHERE original = :n AND revisions IS NOT NULL "
    "AND length(revisions) <= :chars ORDER BY copies.id, position LIMIT :most",
    "absences": "SELECT absences.* FROM articles JOIN absences USING (id) WHERE number = :n "
    "ORDER BY absence LIMIT :most",
}
_PAIRS = """
SELECT own.id AS id, others.id AS other, containment FROM _duplicate_entries AS own
JOIN _duplicate_pairs ON _duplicate_pairs.entry = own.entry
JOIN _duplicate_entries AS others ON others.entry = _duplicate_pairs.other
WHERE own.id IN (SELECT value FROM json_each(:ids)) LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class StoryOutlets:
    """An article's row, and rows of what belongs to it; `of_copies` are revisions of copies."""

    article: ResultRow
    copies: list[ResultRow] = field(default_factory=list)
    related: list[ResultRow] = field(default_factory=list)
    revisions: list[ResultRow] = field(default_factory=list)
    of_copies: list[ResultRow] = field(default_factory=list)
    absences: list[ResultRow] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        parts = (self.copies, self.related, self.revisions, self.of_copies)
        return any(len(part) >= MAX_ROWS for part in parts)


async def story_outlets(datasette: Datasette, article: ResultRow) -> StoryOutlets:
    values = {"n": article["number"], "most": MAX_ROWS, "chars": _MAX_JSON_CHARS}
    parts = {name: await rows(datasette, sql, values) for name, sql in _QUERIES.items()}
    return StoryOutlets(article, **parts)


async def article_row_of(datasette: Datasette, number: int) -> ResultRow:
    articles = await rows(datasette, "SELECT * FROM articles WHERE number = :n", {"n": number})
    if not articles:
        raise NotFound(_("There is no story number %(number)s") % {"number": number})
    return articles[0]


async def copy_row_of(datasette: Datasette, copy_id: str) -> ResultRow:
    copies = await rows(datasette, "SELECT * FROM copies WHERE id = :id", {"id": copy_id})
    if not copies:
        raise NotFound(_("There is no copy %(number)s") % {"number": copy_id})
    return copies[0]


async def shares(datasette: Datasette, story: StoryOutlets, ids: list[str]) -> Shares:
    """Text in common of those texts with the others of the story."""
    values = {"ids": json.dumps(ids), "most": 4 * MAX_ROWS}
    return shares_of(story.article, story.copies, await rows(datasette, _PAIRS, values))
