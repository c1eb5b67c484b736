-- The version of Warraq whose rules made the text and its metadata of the page; NULL: an earlier one did,
-- which kept no note of it, or the text was imported as it is.
ALTER TABLE articles ADD COLUMN refined_by TEXT;
ALTER TABLE copies ADD COLUMN refined_by TEXT;
ALTER TABLE revisions ADD COLUMN refined_by TEXT;
