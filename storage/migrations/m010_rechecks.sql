ALTER TABLE frontier ADD COLUMN recheck TEXT; -- when a stored article is to be looked at again
CREATE INDEX frontier_rechecks ON frontier(site, recheck) WHERE recheck IS NOT NULL;
