-- What the site declares of the use of a page: `rights` is a JSON object, {"read": sources that were
-- read, "statements": [{"term", "value", "source", "at", "until"}]}; NULL: nothing was read. `reserved`:
-- the declarations that reserve a use and are in force, in words; NULL: none is.
ALTER TABLE articles ADD COLUMN rights TEXT;
ALTER TABLE articles ADD COLUMN reserved TEXT;
ALTER TABLE copies ADD COLUMN rights TEXT;
ALTER TABLE copies ADD COLUMN reserved TEXT;
ALTER TABLE _archived_pages ADD COLUMN rights TEXT;  -- what was declared beside the page itself
