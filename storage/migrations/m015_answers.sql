-- A list of posts is archived once, and each post's page points into it.
CREATE TABLE _answers (         -- of interfaces, that hold many pages
    answer INTEGER PRIMARY KEY,
    site TEXT,
    uri TEXT NOT NULL,
    fetched TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES _archive_files(file),
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX _answers_by_place ON _answers(file, offset);
CREATE TABLE _parts (           -- addresses of the frontier whose body came in an answer
    url TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,       -- of the body
    answer INTEGER NOT NULL REFERENCES _answers(answer),
    part INTEGER NOT NULL
);
CREATE INDEX _parts_by_answer ON _parts(answer);
