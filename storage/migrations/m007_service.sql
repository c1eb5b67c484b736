-- What the service judges a site's health and its publishing rhythm by.
ALTER TABLE crawls ADD COLUMN read INTEGER NOT NULL DEFAULT 0;  -- feeds and section pages that came whole
ALTER TABLE crawls ADD COLUMN links INTEGER NOT NULL DEFAULT 0; -- what they listed
ALTER TABLE crawls ADD COLUMN refused INTEGER NOT NULL DEFAULT 0; -- sources that answered with something else
ALTER TABLE crawls ADD COLUMN trouble TEXT;                     -- what went wrong, for a person
CREATE INDEX articles_by_publishing ON articles(site, published, first_seen);
CREATE INDEX copies_by_publishing ON copies(site, published, first_seen);
CREATE TABLE _upkeep (
    task TEXT NOT NULL PRIMARY KEY,
    done TEXT NOT NULL
);
