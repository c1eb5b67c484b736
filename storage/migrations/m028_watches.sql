-- Saved searches, and what they have found. How they tell of it (commands, addresses with secrets) is in
-- a file beside the database, which may be given away.
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
CREATE INDEX _watch_matches_by_article ON _watch_matches(article);
CREATE INDEX _watch_matches_by_time ON _watch_matches(watch, found_at) WHERE NOT silent;
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
CREATE INDEX _watch_channels_by_watch ON _watch_channels(watch);
CREATE TABLE _watch_outbox (    -- matches that a channel has not delivered
    channel TEXT NOT NULL REFERENCES _watch_channels(channel) ON DELETE CASCADE,
    match INTEGER NOT NULL REFERENCES _watch_matches(match) ON DELETE CASCADE,
    delivery TEXT,              -- that it is part of
    PRIMARY KEY (channel, match)
) WITHOUT ROWID;
CREATE INDEX _watch_outbox_by_match ON _watch_outbox(match);

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
-- A copy that becomes an article is deleted here first.
CREATE TRIGGER copies_left AFTER DELETE ON copies WHEN EXISTS (SELECT 1 FROM _watches) BEGIN
    INSERT INTO _watch_queue (article, was_copy) VALUES (old.id, 1);
END;
