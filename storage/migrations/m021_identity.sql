-- `access`: `teaser`, what a paywall leaves; `free`, a page that says it is whole; NULL: says nothing.
ALTER TABLE articles ADD COLUMN access TEXT;
ALTER TABLE copies ADD COLUMN access TEXT;
-- Which canonical URL the page of an address declares, where it is believed and another one. A row
-- with the same URL twice: the page of the canonical URL itself was stored.
CREATE TABLE _canonical_claims (
    address TEXT NOT NULL PRIMARY KEY,
    canonical TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX _canonical_claims_by_canonical ON _canonical_claims(canonical);
-- What earlier versions believed stays believed, unless several addresses claim one article.
INSERT INTO _canonical_claims (address, canonical)
    SELECT min(frontier.url), articles.url FROM frontier JOIN articles ON articles.id = frontier.article
    WHERE frontier.url <> articles.url AND frontier.state = 'done'
    GROUP BY articles.id HAVING count(*) = 1;
INSERT OR IGNORE INTO _canonical_claims (address, canonical)
    SELECT min(frontier.url), copies.url FROM frontier JOIN copies ON copies.id = frontier.article
    WHERE frontier.url <> copies.url AND frontier.state = 'done'
    GROUP BY copies.id HAVING count(*) = 1;
