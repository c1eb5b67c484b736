CREATE TABLE templates (
    template INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    path TEXT NOT NULL,         -- from the page's body to what holds title and text
    state TEXT NOT NULL,        -- trial: compared with the full extraction, page by page; learned;
                                -- dropped
    reason TEXT,                -- why it was dropped
    learned TEXT NOT NULL,
    dropped TEXT,
    rests INTEGER NOT NULL DEFAULT 0,   -- dropped for differing: not learned anew at once
    articles INTEGER NOT NULL,  -- that it was learned from
    used INTEGER NOT NULL DEFAULT 0,    -- articles that were cut by it alone
    agreed INTEGER NOT NULL DEFAULT 0,  -- that were refined both ways, and came out the same
    differed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,  -- that it did not fit
    recent TEXT NOT NULL DEFAULT '',    -- the last comparisons, the newest last: a agreed, d differed
    failing INTEGER NOT NULL DEFAULT 0, -- articles of its kind in a row that it did not fit
    missing INTEGER NOT NULL DEFAULT 0, -- articles of the site in a row that had no known container
    version INTEGER NOT NULL DEFAULT 0  -- of the data
);
CREATE INDEX templates_by_site ON templates(site, state);
CREATE TABLE _template_data (
    template INTEGER PRIMARY KEY REFERENCES templates(template) ON DELETE CASCADE,
    data TEXT NOT NULL          -- JSON object
);
CREATE TABLE _places (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    seen TEXT NOT NULL,
    places TEXT NOT NULL,       -- JSON object
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
