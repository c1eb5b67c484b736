-- Made by `python -m storage.migrations` of the migrations, which are the source.
CREATE TABLE sites (
    name TEXT NOT NULL PRIMARY KEY,
    title TEXT,
    homepage TEXT,
    language TEXT,
    last_crawl TEXT,
    last_success TEXT,
    last_new_article TEXT,
    failures_in_a_row INTEGER NOT NULL DEFAULT 0,
    next_poll TEXT,
    usual_yield REAL,   -- new articles a day
    recent_yield REAL,
    suspect_reason TEXT        -- why; NULL when the site is as usual
, imported_at TEXT);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 16 AND id NOT GLOB '*[^0-9a-f]*'),
    site TEXT REFERENCES sites(name),
    section TEXT,
    title TEXT,
    source TEXT,        -- the source line, as it stands in the text
    agency TEXT,
    author TEXT,
    published TEXT,     -- ISO 8601 UTC
    modified TEXT,
    language TEXT,
    tags TEXT,          -- JSON array
    image TEXT,
    url TEXT,
    text TEXT NOT NULL, -- the body: paragraphs, one blank line between any two
    words INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    found_by TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL
, kinds TEXT, access TEXT, gone_at TEXT, rights TEXT, reserved TEXT, refined_by TEXT);
CREATE TABLE removed_lines (
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE copies (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16 AND id NOT GLOB '*[^0-9a-f]*'),
    original INTEGER NOT NULL REFERENCES articles(number) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    url TEXT,
    original_url TEXT,        -- the original's, as it stood when this was judged
    published TEXT,
    original_published TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    site TEXT REFERENCES sites(name),
    section TEXT,
    title TEXT,
    source TEXT,
    agency TEXT,
    author TEXT,
    modified TEXT,
    language TEXT,
    tags TEXT,
    image TEXT,
    text TEXT NOT NULL,
    words INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    found_by TEXT,
    removed TEXT,       -- JSON array of [position, reason, text]
    number INTEGER UNIQUE -- the one it had, if it was ever in the corpus
, evidence TEXT, revisions TEXT, kinds TEXT, access TEXT, gone_at TEXT, rights TEXT, reserved TEXT, refined_by TEXT);
CREATE TABLE related (
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- variant, contains
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    PRIMARY KEY (article, other)
);
CREATE TABLE revisions (
    revision INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    valid_from TEXT NOT NULL,     -- from when this text was current
    valid_to TEXT NOT NULL, -- until when
    section TEXT,
    title TEXT,
    source TEXT,
    modified TEXT,
    text TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    removed TEXT            -- JSON array of [position, reason, text]
, cause TEXT, kinds TEXT, refined_by TEXT);
CREATE TABLE crawls (
    crawl INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    started TEXT NOT NULL,
    finished TEXT,
    outcome TEXT,
    queued INTEGER NOT NULL DEFAULT 0,
    fetched INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    revised INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    other_counts TEXT          -- JSON object of every other count
, sources_read INTEGER NOT NULL DEFAULT 0, links_listed INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, trouble TEXT);
CREATE TABLE frontier (
    url TEXT NOT NULL PRIMARY KEY,
    site TEXT REFERENCES sites(name),
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'done', 'failed', 'gone', 'denied', 'rejected')),
    reason TEXT NOT NULL DEFAULT '',
    article TEXT,       -- the id of what it became
    attempts INTEGER NOT NULL DEFAULT 0,
    due TEXT,           -- not before; NULL when settled
    discovered_at TEXT NOT NULL,
    found_by TEXT,
    finished_at TEXT,
    unchanged_visits INTEGER NOT NULL DEFAULT 0, -- visits in a row that found the text as it was
    published TEXT,
    modified TEXT,      -- the newest that the site has said or the page has shown
    fetch_url TEXT NOT NULL,
    hints TEXT,         -- JSON object
    payload BLOB        -- zlib of the body, where discovery gave it
, recheck_at TEXT, etag TEXT, last_modified TEXT, looked_at TEXT, missed_at TEXT);
CREATE TABLE "_http_validators" (
    url TEXT NOT NULL PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    cursor TEXT,
    saved TEXT NOT NULL
);
CREATE TABLE _leases (
    site TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    expires TEXT NOT NULL
);
CREATE TABLE boilerplate (
    site TEXT NOT NULL REFERENCES sites(name),
    text TEXT NOT NULL,         -- as one of the articles has it
    state TEXT NOT NULL,        -- learned; retired: not seen any more; text: the site's file says so
    articles INTEGER NOT NULL,  -- in how many of the site's articles
    share REAL NOT NULL,        -- of those since it first appeared
    learned_at TEXT NOT NULL,
    cleaned_at TEXT,               -- when the articles stored before were cleaned of it
    example TEXT,               -- an article's id
    line_hash INTEGER NOT NULL,
    PRIMARY KEY (site, line_hash)
);
CREATE TABLE _line_counts (
    site TEXT NOT NULL,
    line_hash INTEGER NOT NULL,      -- hash of the folded line
    articles INTEGER NOT NULL,
    edge INTEGER NOT NULL,      -- of them with the line among the first or last few
    first INTEGER NOT NULL,     -- the site's article, counted, that had it first, and last
    last INTEGER NOT NULL,
    seen TEXT NOT NULL,         -- JSON: a few days, titles and authors, all different
    PRIMARY KEY (site, line_hash)
) WITHOUT ROWID;
CREATE TABLE _line_articles (
    site TEXT NOT NULL,
    line_hash INTEGER NOT NULL,
    article TEXT NOT NULL,
    place INTEGER NOT NULL,     -- 0, 1, 2, … from the start; -1, -2, … from the end
    PRIMARY KEY (site, line_hash, article)
) WITHOUT ROWID;
CREATE TABLE _site_articles (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    counted INTEGER NOT NULL,
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
CREATE TABLE _upkeep (
    task TEXT NOT NULL PRIMARY KEY,
    done TEXT NOT NULL
);
CREATE TABLE "_duplicate_entries" (         -- a text of `articles` or `copies` that is compared
    entry INTEGER PRIMARY KEY,  -- counts up as texts come in
    id TEXT NOT NULL UNIQUE,
    fingerprint INTEGER NOT NULL, -- of the folded text
    size INTEGER NOT NULL,      -- different shingles
    representative INTEGER NOT NULL      -- the entry its cluster stands around; itself, most of the time
, sketched INTEGER NOT NULL DEFAULT 16);
CREATE TABLE "_duplicate_sketches" (
    hash INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (hash, entry)
) WITHOUT ROWID;
CREATE TABLE _stop_shingles (   -- in so many texts that they tell nothing
    hash INTEGER PRIMARY KEY,
    clusters INTEGER NOT NULL   -- in how many stories when it was stopped
);
CREATE TABLE _crowded_shingles (hash INTEGER PRIMARY KEY);
CREATE TABLE "_duplicate_pairs" (        -- pairs that the rule calls copy, variant, contains; both ways round
    entry INTEGER NOT NULL,
    other INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- what `entry` is to `other`: copy, variant, contains, part
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    PRIMARY KEY (entry, other)
) WITHOUT ROWID;
CREATE TABLE "_duplicate_queue" (        -- texts that changed since they were compared
    id TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL          -- as it was then
) WITHOUT ROWID;
CREATE TABLE _rebuild (         -- one row while the verdicts are made anew
    last INTEGER NOT NULL,      -- the entry to end with
    done INTEGER NOT NULL       -- the entry that was done last
);
CREATE TABLE _before_rebuild (
    id TEXT NOT NULL PRIMARY KEY,
    original TEXT               -- the id of what it was a copy of; NULL for an article
) WITHOUT ROWID;
CREATE TABLE _archive_files (
    file INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE   -- in the archive's folder; `.open` is added while it is written
);
CREATE TABLE "_archived_pages" (
    page INTEGER PRIMARY KEY,
    url TEXT NOT NULL,          -- the frontier's
    final_url TEXT NOT NULL,    -- after redirects, canonical
    target_uri TEXT NOT NULL,          -- the record's WARC-Target-URI
    site TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'rest', 'import')),
    fetched TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES _archive_files(file),
    offset INTEGER NOT NULL,    -- of the record's gzip member
    length INTEGER NOT NULL,    -- of the same, compressed
    response_part INTEGER,               -- its place in an answer that holds several
    digest TEXT NOT NULL,       -- of the record's payload: sha1:BASE32
    revisit_of INTEGER,             -- the page that has the payload, of a revisit
    found_by TEXT,
    hints TEXT,                 -- JSON object
    charset TEXT,
    fragment INTEGER NOT NULL DEFAULT 0,
    article TEXT,               -- the id of what it became
    number INTEGER,             -- and its number then
    outcome TEXT NOT NULL,      -- new, revised, unchanged, copy, rejected, failed
    reason TEXT NOT NULL DEFAULT '',
    ingested_at TEXT NOT NULL       -- when it was kept
, first_page INTEGER, later_pages INTEGER NOT NULL DEFAULT 0, rights TEXT);
CREATE TABLE "_jobs" (
    job TEXT NOT NULL PRIMARY KEY, -- what was cut up, and what is wanted of it
    name TEXT NOT NULL,             -- the same, for a person
    done_until INTEGER NOT NULL,       -- all that lies before this is done
    end INTEGER NOT NULL,
    counts TEXT NOT NULL,           -- JSON object
    began TEXT NOT NULL,
    finished TEXT
);
CREATE TABLE "_archived_responses" (         -- of interfaces, that hold many pages
    response INTEGER PRIMARY KEY,
    site TEXT,
    target_uri TEXT NOT NULL,
    fetched TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES _archive_files(file),
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    digest TEXT NOT NULL
);
CREATE TABLE "_response_parts" (           -- addresses of the frontier whose body came in an answer
    url TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,       -- of the body
    response INTEGER NOT NULL REFERENCES "_archived_responses"(response),
    part INTEGER NOT NULL
);
CREATE TABLE _site_state (
    site TEXT NOT NULL,
    key TEXT NOT NULL,          -- retry_after, sources
    value TEXT NOT NULL,
    saved TEXT NOT NULL,
    PRIMARY KEY (site, key)
) WITHOUT ROWID;
CREATE TABLE _canonical_claims (
    address TEXT NOT NULL PRIMARY KEY,
    canonical TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE absences (
    absence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,           -- of an article or a copy
    url TEXT NOT NULL,          -- the address that was looked at
    reason TEXT NOT NULL,       -- http_404, http_410, error_page, home_page
    missed_at TEXT NOT NULL,    -- the first look that did not find it
    gone_at TEXT NOT NULL,      -- the look that counted
    back_at TEXT                -- when it was found again; NULL: it was not
);
CREATE TABLE _backfills (
    site TEXT NOT NULL PRIMARY KEY REFERENCES sites(name),
    since TEXT NOT NULL,        -- ISO 8601 UTC
    began TEXT NOT NULL,
    finished TEXT
);
CREATE TABLE _source_pages (
    page INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    kind TEXT NOT NULL,         -- of the source
    url TEXT NOT NULL,
    position TEXT,              -- where its source stands with it, JSON
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'read', 'failed', 'refused')),
    attempts INTEGER NOT NULL DEFAULT 0,
    note TEXT,                  -- a limit that was reached, or why it was not read, for a person
    UNIQUE (site, kind, url)
);
CREATE TABLE tombstones (       -- what was taken out, and does not come back
    id TEXT NOT NULL PRIMARY KEY, -- as an article's: 16 hex digits of the hash of a canonical URL
    article TEXT NOT NULL,      -- the article's own id, where this is of another address of it
    forgotten_at TEXT NOT NULL,
    reason TEXT NOT NULL,       -- the operator's, or retention
    number INTEGER              -- that the article had; no other gets it
) WITHOUT ROWID;
CREATE TABLE _forget_queue (    -- taken out, but not yet everywhere
    id TEXT NOT NULL PRIMARY KEY, -- an article's, or the hash of an address
    site TEXT,
    step TEXT NOT NULL CHECK (step IN ('text', 'archive'))
) WITHOUT ROWID;
CREATE TABLE _erasures (        -- bytes of archive files that are to be overwritten
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    member BLOB,                -- the record to be there instead; NULL: none
    PRIMARY KEY (file, offset)
);
CREATE VIRTUAL TABLE _search
    USING fts5(title, text, headlines, content = '', tokenize = 'ascii');
CREATE VIRTUAL TABLE _search_terms USING fts5vocab(_search, row);
CREATE TABLE _search_queue (
    number INTEGER PRIMARY KEY,
    title TEXT,     -- what the index holds of it
    text TEXT,      -- NULL: the index holds nothing of it
    headlines TEXT  -- of its copies
);
CREATE TABLE _credits (
    kind TEXT NOT NULL, -- agency, author
    name TEXT NOT NULL, -- as the articles have it
    folded TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE TABLE _watches (
    watch INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    parameters TEXT NOT NULL,   -- the selection, as an address has it
    made_at TEXT NOT NULL,
    after INTEGER NOT NULL,     -- the last entry of _watch_queue that is older than the watch
    pace INTEGER NOT NULL       -- seconds between two deliveries, at least
);
CREATE TABLE _watch_queue (     -- articles that came or changed, and that the watches have not been asked about
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL,      -- an id
    was_copy INTEGER NOT NULL   -- 1: it was on record as a copy before
);
CREATE TABLE _watch_matches (
    match INTEGER PRIMARY KEY AUTOINCREMENT,
    watch INTEGER NOT NULL REFERENCES _watches(watch) ON DELETE CASCADE,
    article TEXT NOT NULL,      -- an id: numbers may be others after a rebuild
    found_at TEXT NOT NULL,
    silent INTEGER NOT NULL,    -- 1: its story was found before, as another article
    UNIQUE (watch, article)
);
CREATE TABLE _watch_channels (
    channel TEXT NOT NULL PRIMARY KEY, -- its key in the file
    watch INTEGER NOT NULL REFERENCES _watches(watch) ON DELETE CASCADE,
    kind TEXT NOT NULL,         -- command, apprise
    due_at TEXT NOT NULL,       -- nothing is delivered before
    deliveries INTEGER NOT NULL DEFAULT 0, -- that were begun
    delivery TEXT,              -- the one that is not done; NULL: none
    attempt INTEGER NOT NULL DEFAULT 0,    -- of that delivery
    delivered INTEGER NOT NULL DEFAULT 0,  -- articles
    delivered_at TEXT,
    trouble TEXT                -- why the last attempt failed; NULL: it did not
) WITHOUT ROWID;
CREATE TABLE _watch_outbox (    -- matches that a channel has not delivered
    channel TEXT NOT NULL REFERENCES _watch_channels(channel) ON DELETE CASCADE,
    match INTEGER NOT NULL REFERENCES _watch_matches(match) ON DELETE CASCADE,
    delivery TEXT,              -- that it is part of
    PRIMARY KEY (channel, match)
) WITHOUT ROWID;
CREATE INDEX articles_by_site ON articles(site, first_seen);
CREATE INDEX articles_by_text ON articles(text_hash);
CREATE INDEX removed_lines_by_article ON removed_lines(article, position);
CREATE VIEW corpus AS
SELECT
    printf('%03d_%s.txt', number, id) AS name,
    substr(
        coalesce(char(10, 10) || nullif(section, ''), '')
        || coalesce(char(10, 10) || nullif(title, ''), '')
        || coalesce(char(10, 10) || nullif(source, ''), '')
        || coalesce(char(10, 10) || nullif(text, ''), ''),
        3
    ) AS text
FROM articles;
CREATE INDEX copies_by_original ON copies(original);
CREATE INDEX copies_by_site ON copies(site);
CREATE INDEX related_by_other ON related(other);
CREATE INDEX revisions_by_article ON revisions(article, valid_to);
CREATE INDEX crawls_by_site ON crawls(site, started);
CREATE INDEX frontier_by_site ON frontier(site, state);
CREATE INDEX frontier_queue ON frontier(site, coalesce(published, modified, discovered_at))
    WHERE state = 'queued';
CREATE INDEX _site_articles_counted ON _site_articles(site, counted);
CREATE INDEX articles_by_time ON articles(published, site, language, section, agency);
CREATE INDEX crawls_by_time ON crawls(started, site, new, copies, rejected, failed);
CREATE INDEX articles_by_publishing ON articles(site, published, first_seen);
CREATE INDEX copies_by_publishing ON copies(site, published, first_seen);
CREATE INDEX copies_by_text ON copies(text_hash);
CREATE INDEX articles_by_facets ON articles(site, language, section, published);
CREATE INDEX articles_by_document ON articles(printf('%03d_%s.txt', number, id));
CREATE INDEX frontier_rechecks ON frontier(site, recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX crawls_with_pages ON crawls(site, started)
    WHERE fetched + new + rejected + failed > 0;
CREATE INDEX _archived_pages_by_article ON _archived_pages(article);
CREATE INDEX _archived_pages_by_digest ON _archived_pages(digest);
CREATE INDEX _archived_pages_by_offset ON _archived_pages(file, offset);
CREATE INDEX _archived_responses_by_offset ON _archived_responses(file, offset);
CREATE INDEX _response_parts_by_response ON _response_parts(response);
CREATE INDEX _duplicate_entries_by_representative ON _duplicate_entries(representative)
    WHERE representative <> entry;
CREATE INDEX _canonical_claims_by_canonical ON _canonical_claims(canonical);
CREATE INDEX _archived_pages_by_first ON _archived_pages(first_page) WHERE first_page IS NOT NULL;
CREATE INDEX absences_by_id ON absences(id);
CREATE INDEX articles_gone ON articles(site, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX frontier_looks ON frontier(site, looked_at) WHERE looked_at IS NOT NULL;
CREATE INDEX _source_pages_due ON _source_pages(site, attempts, page) WHERE state = 'due';
CREATE INDEX tombstones_by_number ON tombstones(number) WHERE number IS NOT NULL;
CREATE INDEX articles_by_agency ON articles(agency) WHERE agency IS NOT NULL;
CREATE INDEX articles_by_author ON articles(author) WHERE author IS NOT NULL;
CREATE INDEX articles_reserved ON articles(site, reserved) WHERE reserved IS NOT NULL;
CREATE INDEX _watch_matches_by_article ON _watch_matches(article);
CREATE INDEX _watch_matches_by_time ON _watch_matches(watch, found_at) WHERE NOT silent;
CREATE INDEX _watch_channels_by_watch ON _watch_channels(watch);
CREATE INDEX _watch_outbox_by_match ON _watch_outbox(match);
CREATE TRIGGER articles_reworded AFTER UPDATE OF text, published ON articles
WHEN old.text IS NOT new.text OR old.published IS NOT new.published BEGIN
    INSERT INTO "_duplicate_queue" (id, text) SELECT old.id, old.text
    WHERE NOT EXISTS (SELECT 1 FROM "_duplicate_queue" WHERE id = old.id);
END;
CREATE TRIGGER copies_reworded AFTER UPDATE OF text, published ON copies
WHEN old.text IS NOT new.text OR old.published IS NOT new.published BEGIN
    INSERT INTO "_duplicate_queue" (id, text) SELECT old.id, old.text
    WHERE NOT EXISTS (SELECT 1 FROM "_duplicate_queue" WHERE id = old.id);
END;
CREATE TRIGGER articles_inserted AFTER INSERT ON articles BEGIN
    INSERT INTO _search_queue (number) SELECT new.number
    WHERE NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = new.number);
END;
CREATE TRIGGER articles_updated BEFORE UPDATE OF title, text, agency, author ON articles
WHEN old.title IS NOT new.title OR old.text IS NOT new.text
    OR old.agency IS NOT new.agency OR old.author IS NOT new.author BEGIN
    INSERT INTO _search_queue (number, title, text, headlines)
    SELECT old.number, old.title, old.text,
        (SELECT group_concat(title, char(10)) FROM copies WHERE original = old.number)
    WHERE NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = old.number);
END;
CREATE TRIGGER articles_deleted BEFORE DELETE ON articles BEGIN
    INSERT INTO _search_queue (number, title, text, headlines)
    SELECT old.number, old.title, old.text,
        (SELECT group_concat(title, char(10)) FROM copies WHERE original = old.number)
    WHERE NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = old.number);
END;
CREATE TRIGGER copies_inserted BEFORE INSERT ON copies WHEN new.title IS NOT NULL BEGIN
    INSERT INTO _search_queue (number, title, text, headlines)
    SELECT number, title, text,
        (SELECT group_concat(title, char(10)) FROM copies WHERE original = articles.number)
    FROM articles WHERE number = new.original
        AND NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = new.original);
END;
CREATE TRIGGER copies_updated BEFORE UPDATE OF title, original ON copies
WHEN old.title IS NOT new.title OR old.original IS NOT new.original BEGIN
    INSERT INTO _search_queue (number, title, text, headlines)
    SELECT number, title, text,
        (SELECT group_concat(title, char(10)) FROM copies WHERE original = articles.number)
    FROM articles WHERE number IN (old.original, new.original)
        AND number NOT IN (SELECT number FROM _search_queue);
END;
CREATE TRIGGER copies_deleted BEFORE DELETE ON copies WHEN old.title IS NOT NULL BEGIN
    INSERT INTO _search_queue (number, title, text, headlines)
    SELECT number, title, text,
        (SELECT group_concat(title, char(10)) FROM copies WHERE original = articles.number)
    FROM articles WHERE number = old.original
        AND NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = old.original);
END;
CREATE TRIGGER credits_updated AFTER UPDATE OF agency, author ON articles
WHEN old.agency IS NOT new.agency OR old.author IS NOT new.author BEGIN
    DELETE FROM _credits WHERE kind = 'agency' AND name = old.agency
        AND NOT EXISTS (SELECT 1 FROM articles WHERE agency = old.agency);
    DELETE FROM _credits WHERE kind = 'author' AND name = old.author
        AND NOT EXISTS (SELECT 1 FROM articles WHERE author = old.author);
END;
CREATE TRIGGER credits_deleted AFTER DELETE ON articles BEGIN
    DELETE FROM _credits WHERE kind = 'agency' AND name = old.agency
        AND NOT EXISTS (SELECT 1 FROM articles WHERE agency = old.agency);
    DELETE FROM _credits WHERE kind = 'author' AND name = old.author
        AND NOT EXISTS (SELECT 1 FROM articles WHERE author = old.author);
END;
CREATE TRIGGER articles_entered AFTER INSERT ON articles WHEN EXISTS (SELECT 1 FROM _watches) BEGIN
    INSERT INTO _watch_queue (article, was_copy) VALUES (new.id, 0);
END;
CREATE TRIGGER articles_changed
AFTER UPDATE OF title, text, site, section, language, agency, author, published ON articles
WHEN EXISTS (SELECT 1 FROM _watches) AND (
    old.title IS NOT new.title OR old.text IS NOT new.text OR old.site IS NOT new.site
    OR old.section IS NOT new.section OR old.language IS NOT new.language
    OR old.agency IS NOT new.agency OR old.author IS NOT new.author
    OR old.published IS NOT new.published
) BEGIN
    INSERT INTO _watch_queue (article, was_copy) VALUES (new.id, 0);
END;
CREATE TRIGGER copies_left AFTER DELETE ON copies WHEN EXISTS (SELECT 1 FROM _watches) BEGIN
    INSERT INTO _watch_queue (article, was_copy) VALUES (old.id, 1);
END;
