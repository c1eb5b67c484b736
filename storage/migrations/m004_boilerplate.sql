-- Learned boilerplate: what readers see, and the counting behind it.
CREATE TABLE boilerplate (
    site TEXT NOT NULL REFERENCES sites(name),
    text TEXT NOT NULL,         -- as one of the articles has it
    state TEXT NOT NULL,        -- learned; retired: not seen any more; text: the site's file says so
    articles INTEGER NOT NULL,  -- in how many of the site's articles
    share REAL NOT NULL,        -- of those since it first appeared
    learned TEXT NOT NULL,
    cleaned TEXT,               -- when the articles stored before were cleaned of it
    example TEXT,               -- an article's id
    line INTEGER NOT NULL,
    PRIMARY KEY (site, line)
);
CREATE TABLE _line_counts (
    site TEXT NOT NULL,
    line INTEGER NOT NULL,      -- hash of the folded line
    articles INTEGER NOT NULL,
    edge INTEGER NOT NULL,      -- of them with the line among the first or last few
    first INTEGER NOT NULL,     -- the site's article, counted, that had it first, and last
    last INTEGER NOT NULL,
    seen TEXT NOT NULL,         -- JSON: a few days, titles and authors, all different
    PRIMARY KEY (site, line)
) WITHOUT ROWID;
CREATE TABLE _line_articles (
    site TEXT NOT NULL,
    line INTEGER NOT NULL,
    article TEXT NOT NULL,
    place INTEGER NOT NULL,     -- 0, 1, 2, … from the start; -1, -2, … from the end
    PRIMARY KEY (site, line, article)
) WITHOUT ROWID;
CREATE TABLE _site_articles (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    counted INTEGER NOT NULL,
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
CREATE INDEX _site_articles_counted ON _site_articles(site, counted);
