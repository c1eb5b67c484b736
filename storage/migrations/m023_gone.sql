-- Re-checks that are conditional, and what they miss. `gone_at`: from when an article was not to be
-- had on its site any more, noticed by a second look; NULL: as far as is known it is there.
ALTER TABLE articles ADD COLUMN gone_at TEXT;
ALTER TABLE copies ADD COLUMN gone_at TEXT;
CREATE TABLE absences (
    absence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,           -- of an article or a copy
    url TEXT NOT NULL,          -- the address that was looked at
    reason TEXT NOT NULL,       -- http_404, http_410, error_page, home_page
    missed_at TEXT NOT NULL,    -- the first look that did not find it
    gone_at TEXT NOT NULL,      -- the look that counted
    back_at TEXT                -- when it was found again; NULL: it was not
);
CREATE INDEX absences_by_id ON absences(id);
CREATE INDEX articles_gone ON articles(site, gone_at) WHERE gone_at IS NOT NULL;
ALTER TABLE frontier ADD COLUMN etag TEXT;          -- of the page that is stored, while re-checks are due
ALTER TABLE frontier ADD COLUMN last_modified TEXT;
ALTER TABLE frontier ADD COLUMN looked_at TEXT;     -- when a stored article's page was last found or missed
ALTER TABLE frontier ADD COLUMN missed_at TEXT;     -- the first of the looks in a row that missed it
CREATE INDEX frontier_looks ON frontier(site, looked_at) WHERE looked_at IS NOT NULL;
