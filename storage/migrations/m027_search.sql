-- The index folds more than it did (`text.search_folding`), and has the headlines of an article's copies.
-- Made anew: the articles are queued here, and indexed step by step when the database is opened.
DROP TABLE _search;
CREATE VIRTUAL TABLE _search
    USING fts5(title, text, headlines, content = '', tokenize = 'ascii');
-- How many articles have a word; nothing of its own.
CREATE VIRTUAL TABLE _search_terms USING fts5vocab(_search, row);

DROP TRIGGER articles_inserted;
DROP TRIGGER articles_updated;
DROP TRIGGER articles_deleted;
DROP TABLE _search_queue;
CREATE TABLE _search_queue (
    number INTEGER PRIMARY KEY,
    title TEXT,     -- what the index holds of it
    text TEXT,      -- NULL: the index holds nothing of it
    headlines TEXT  -- of its copies
);
CREATE TRIGGER articles_inserted AFTER INSERT ON articles BEGIN
    INSERT INTO _search_queue (number) SELECT new.number
    WHERE NOT EXISTS (SELECT 1 FROM _search_queue WHERE number = new.number);
END;
-- Before: with the headlines that the index has.
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

-- Names in the spelling in which they are compared.
CREATE TABLE _credits (
    kind TEXT NOT NULL, -- agency, author
    name TEXT NOT NULL, -- as the articles have it
    folded TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX articles_by_agency ON articles(agency) WHERE agency IS NOT NULL;
CREATE INDEX articles_by_author ON articles(author) WHERE author IS NOT NULL;
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
CREATE INDEX articles_reserved ON articles(site, reserved) WHERE reserved IS NOT NULL;

INSERT INTO _search_queue (number) SELECT number FROM articles;
