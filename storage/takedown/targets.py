"""What a takedown takes: the articles and copies of an address, an id, or a site, and what is known under
their addresses.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlite_utils import Database

from storage.article_rows import IS_ID, Row
from text.normalise import normalise_text
from text.urls import article_id, canonicalise

_COLUMNS = "id, number, site, url, title, author, published, first_seen"
_TEXTS = """
SELECT {columns}, NULL AS original FROM articles WHERE {where} UNION ALL
SELECT {columns}, original FROM copies WHERE {where}
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A stored text, an article or (with `original`, a number) a copy."""

    id: str
    number: int | None
    site: str | None
    url: str | None
    title: str | None
    author: str | None
    published: str | None
    first_seen: str
    original: int | None = None


@dataclass(slots=True)
class Takedown:
    """`targets` are stored texts; `addresses` canonical URLs that are not fetched again, with the ids of
    the articles that they are of; `site`: all that is kept of it goes, articles or none.
    """

    targets: list[Target] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    site: str | None = None

    def owners(self, *, spelt_otherwise: bool) -> dict[str, str]:
        """The article's id by each of its addresses' ids; also of those under the other scheme, with
        `www.` or without.
        """
        owners = {article_id(url): article for url, article in self.addresses.items()}
        if spelt_otherwise:
            other = {
                id_: article
                for url, article in self.addresses.items()
                for id_ in ids_of_spellings(url)
            }
            owners = other | owners
        return owners | {target.id: target.id for target in self.targets}

    @property
    def ids(self) -> set[str]:
        """Of the targets, and what the addresses' articles would have."""
        return {target.id for target in self.targets} | set(map(article_id, self.addresses))


def ids_of_spellings(url: str) -> set[str]:
    """Under either scheme, with `www.` or without."""
    rest = url.partition("://")[2].removeprefix("www.")
    return {
        article_id(f"{scheme}://{www}{rest}")
        for scheme in ("http", "https")
        for www in ("", "www.")
    }


def of_references(
    db: Database, references: Sequence[str], *, with_copies: bool = False
) -> Takedown:
    """The texts of these URLs, ids or numbers, with the copies that the same site has of them, or with
    all. Raises LookupError with a reference that is neither an address nor stored.
    """
    takedown = Takedown()
    for reference in references:
        urls = _spellings(db, reference)
        texts = _found(db, reference, urls)
        if not texts and not urls:
            raise LookupError(reference)
        takedown.targets += texts
        known = [url for url, _ in _in_frontier(db, "url", urls)] or urls[:1]
        takedown.addresses |= {url: article_id(url) for url in known}
    takedown.targets = _unique(_with_copies(db, takedown.targets, everyone=with_copies))
    takedown.addresses |= addresses_of(db, takedown.targets)
    return takedown


def of_site(db: Database, site: str, *, before: str | None = None) -> Takedown:
    """All texts of the site, published (or, without a date, first seen) before an ISO time; without one,
    whatever else is known of it.
    """
    where = "site = :site AND (:before IS NULL OR coalesce(published, first_seen) < :before)"
    targets = _texts(db, where, {"site": site, "before": before})
    takedown = Takedown(targets, addresses_of(db, targets), None if before else site)
    if before is None:
        known = db.execute("SELECT url FROM frontier WHERE site = ?", [site]).fetchall()
        takedown.addresses = {url: article_id(url) for (url,) in known} | takedown.addresses
    return takedown


def of_rows(db: Database, targets: list[Target]) -> Takedown:
    return Takedown(targets, addresses_of(db, targets))


def beyond(db: Database, site: str, count: int) -> list[Target]:
    """The site's texts but the newest `count`."""
    targets = _texts(db, "site = :site", {"site": site})
    targets.sort(
        key=lambda target: (target.published or target.first_seen, target.id), reverse=True
    )
    return targets[count:]


def _texts(db: Database, where: str, values: Row) -> list[Target]:
    return [Target(**row) for row in db.query(_TEXTS.format(columns=_COLUMNS, where=where), values)]


def _unique(targets: Iterable[Target]) -> list[Target]:
    return list({target.id: target for target in targets}.values())


def _spellings(db: Database, reference: str) -> list[str]:
    """The canonical forms of an address, with the host as the sites write it."""
    if ":" not in reference:
        return []
    bare = canonicalise(normalise_text(reference))
    homes = db.execute("SELECT homepage FROM sites WHERE homepage IS NOT NULL").fetchall()
    spelt = [bare, *(canonicalise(reference, home) for (home,) in homes)]
    urls = [normalise_text(url) for url in dict.fromkeys(filter(None, spelt))]
    return sorted(urls, key=lambda url: url == bare)  # a site's own spelling first


def _found(db: Database, reference: str, urls: Sequence[str]) -> list[Target]:
    if reference.isdecimal() and len(reference) < 16:
        return _texts(db, "number = :number", {"number": int(reference)})
    ids = {reference} if IS_ID.fullmatch(reference) else set(map(article_id, urls))
    rows = _in_frontier(db, "url", urls)
    ids |= {article for _, article in rows if article}
    where = (
        "id IN (SELECT value FROM json_each(:ids)) OR url IN (SELECT value FROM json_each(:urls))"
    )
    # An import keeps the address as it was given.
    given = [reference, *urls] if urls else []
    return _texts(db, where, {"ids": json.dumps(sorted(ids)), "urls": json.dumps(given)})


def _with_copies(db: Database, targets: list[Target], *, everyone: bool) -> list[Target]:
    found = list(targets)
    for target in targets:
        original = target.number if target.original is None else target.original
        cluster = _texts_of_cluster(db, original)
        found += [
            text
            for text in cluster
            if everyone or (text.site == target.site and text.site is not None)
        ]
    return found


def _texts_of_cluster(db: Database, original: int | None) -> list[Target]:
    if original is None:
        return []
    texts = _texts(db, "number = :number", {"number": original})
    sql = f"SELECT {_COLUMNS}, original FROM copies WHERE original = ?"  # noqa: S608
    return [
        *(text for text in texts if text.original is None),
        *(Target(**row) for row in db.query(sql, [original])),
    ]


def addresses_of(db: Database, targets: Collection[Target]) -> dict[str, str]:
    """The canonical URLs under which the texts were found, with the texts' ids: their own, those of the
    frontier, later pages among them, and those that claim theirs. Reads the frontier once.
    """
    ids = {target.id for target in targets}
    own = {target.url: target.id for target in targets if target.url}
    urls = {canonical: id_ for url, id_ in own.items() if (canonical := canonicalise(url))}
    urls |= {url: id_ for url, id_ in own.items() if article_id(url) == id_}
    urls |= {url: article for url, article in _in_frontier(db, "article", ids) if article}
    claims = (
        "SELECT address, canonical FROM json_each(?) AS wanted "
        "CROSS JOIN _canonical_claims ON canonical = wanted.value"
    )
    claimed = db.execute(claims, [json.dumps(sorted(urls))]).fetchall()
    urls = {address: urls[canonical] for address, canonical in claimed} | urls
    return _of_archive(db, ids) | {normalise_text(url): id_ for url, id_ in urls.items()}


def _in_frontier(
    db: Database, column: str, values: Collection[str]
) -> list[tuple[str, str | None]]:
    sql = f"SELECT url, article FROM frontier WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
    return db.execute(sql, [json.dumps(sorted(values))]).fetchall() if values else []


_PAGES = """
SELECT DISTINCT pages.url, pages.final_url, pages.article FROM json_each(?) AS wanted
CROSS JOIN _archived_pages AS pages ON pages.article = wanted.value
LEFT JOIN frontier ON frontier.url = pages.url
WHERE pages.kind <> 'import' AND (frontier.article IS NULL OR frontier.article = pages.article)
"""


def _of_archive(db: Database, ids: Collection[str]) -> dict[str, str]:
    """Addresses that are another article's today stay out."""
    rows = db.execute(_PAGES, [json.dumps(sorted(ids))]).fetchall()
    return {url: article for *urls, article in rows for url in urls}


def ids_of_references(db: Database, references: Sequence[str]) -> set[str]:
    """The ids that these URLs or ids may have a tombstone under."""
    ids = {reference for reference in references if IS_ID.fullmatch(reference)}
    urls = [url for reference in references for url in _spellings(db, reference)]
    return ids.union(*map(ids_of_spellings, urls))


def remaining_copies(db: Database, takedown: Takedown) -> int:
    """Copies of the targets that are none themselves."""
    originals = [target.number for target in takedown.targets if target.original is None]
    sql = "SELECT id FROM copies WHERE original IN (SELECT value FROM json_each(?))"
    copies = {id_ for (id_,) in db.execute(sql, [json.dumps(originals)]).fetchall()}
    return len(copies - {target.id for target in takedown.targets})
