-- What each paragraph of the text is, in runs: `paragraph*3 heading paragraph*12`; NULL: paragraphs all.
ALTER TABLE articles ADD COLUMN kinds TEXT;
ALTER TABLE copies ADD COLUMN kinds TEXT;
ALTER TABLE revisions ADD COLUMN kinds TEXT;
