-- What tells kinds of pages apart is compared without what else was noted of them: what follows
-- long columns is read through all of them.
ALTER TABLE _places RENAME TO _old_places;
CREATE TABLE _places (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    seen TEXT NOT NULL,
    region TEXT NOT NULL,       -- JSON array: the way down to the article
    places TEXT NOT NULL,       -- JSON object
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
INSERT INTO _places
    SELECT site, article, seen, json_extract(places, '$.region'), places FROM _old_places;
DROP TABLE _old_places;
