"""How the template of every site stands."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: `learning` from so many `articles`; on `trial`; `learned`; `dropped`. `kinds` of
    pages have a template; how many articles were `used`, `agreed`, `differed` and `failed` is
    counted over them. `dropped` is when one was dropped last, for which `reason`; `learned` when
    the newest came.
    """

    state: str
    articles: int = 0
    kinds: int = 0
    used: int = 0
    agreed: int = 0
    differed: int = 0
    failed: int = 0
    learned: str | None = None
    dropped: str | None = None
    reason: str | None = None


_STANDINGS = """
SELECT site, count(*) FILTER (WHERE state = 'learned'), count(*) FILTER (WHERE state = 'trial'),
    sum(used) FILTER (WHERE state <> 'dropped'), sum(agreed) FILTER (WHERE state <> 'dropped'),
    sum(differed) FILTER (WHERE state <> 'dropped'), sum(failed) FILTER (WHERE state <> 'dropped'),
    max(learned) FILTER (WHERE state <> 'dropped'), max(dropped),
    (SELECT reason FROM templates AS last WHERE last.site = templates.site
        AND state = 'dropped' ORDER BY dropped DESC, template DESC LIMIT 1)
FROM templates GROUP BY site
"""


def standings(db: Database) -> dict[str, Standing]:
    """By site; those of which nothing is known yet are left out."""
    counts = "SELECT site, count(*) FROM _places GROUP BY site"
    waiting = dict(db.execute(counts).fetchall())
    found = {site: Standing("learning", articles) for site, articles in waiting.items()}
    for row in db.execute(_STANDINGS).fetchall():
        site, on, trial, used, agreed, differed, failed, learned, dropped, reason = row
        seen = waiting.get(site, 0)
        state = "learned" if on else "trial" if trial else "learning" if seen else "dropped"
        figures = (used or 0, agreed or 0, differed or 0, failed or 0)
        found[site] = Standing(state, seen, on + trial, *figures, learned, dropped, reason)
    return found
