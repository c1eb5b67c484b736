-- An article on several pages has a row for each of them in the archive; only the first one's has what
-- became of it.
ALTER TABLE _archived_pages ADD COLUMN first_page INTEGER;  -- the row of the article's first page
ALTER TABLE _archived_pages ADD COLUMN later_pages INTEGER NOT NULL DEFAULT 0;  -- how many rows follow
CREATE INDEX _archived_pages_by_first ON _archived_pages(first_page) WHERE first_page IS NOT NULL;
