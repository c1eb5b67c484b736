-- Tables and columns get the field's words. Indexes, triggers and views follow a renaming; what names
-- a table by an old word in its own name is made once more.
ALTER TABLE sites RENAME COLUMN imported TO imported_at;
ALTER TABLE sites RENAME COLUMN suspect TO suspect_reason;
ALTER TABLE copies RENAME COLUMN of TO original;
ALTER TABLE copies RENAME COLUMN of_url TO original_url;
ALTER TABLE copies RENAME COLUMN of_published TO original_published;
ALTER TABLE revisions RENAME COLUMN seen TO valid_from;
ALTER TABLE revisions RENAME COLUMN replaced TO valid_to;
ALTER TABLE revisions RENAME COLUMN why TO cause;
ALTER TABLE frontier RENAME COLUMN found TO discovered_at;
ALTER TABLE frontier RENAME COLUMN settled TO finished_at;
ALTER TABLE frontier RENAME COLUMN unchanged TO unchanged_visits;
ALTER TABLE frontier RENAME COLUMN recheck TO recheck_at;
ALTER TABLE crawls RENAME COLUMN read TO sources_read;
ALTER TABLE crawls RENAME COLUMN links TO links_listed;
ALTER TABLE crawls RENAME COLUMN other TO other_counts;

ALTER TABLE boilerplate RENAME COLUMN learned TO learned_at;
ALTER TABLE boilerplate RENAME COLUMN cleaned TO cleaned_at;
ALTER TABLE boilerplate RENAME COLUMN line TO line_hash;
UPDATE boilerplate SET state = 'kept' WHERE state = 'text';
ALTER TABLE _line_counts RENAME COLUMN line TO line_hash;
ALTER TABLE _line_articles RENAME COLUMN line TO line_hash;

ALTER TABLE _pages RENAME TO _archived_pages;
ALTER TABLE _archived_pages RENAME COLUMN uri TO target_uri;
ALTER TABLE _archived_pages RENAME COLUMN refers TO revisit_of;
ALTER TABLE _archived_pages RENAME COLUMN part TO response_part;
ALTER TABLE _archived_pages RENAME COLUMN settled TO ingested_at;
DROP INDEX _pages_by_article;
DROP INDEX _pages_by_digest;
DROP INDEX _pages_by_place;
CREATE INDEX _archived_pages_by_article ON _archived_pages(article);
CREATE INDEX _archived_pages_by_digest ON _archived_pages(digest);
CREATE INDEX _archived_pages_by_offset ON _archived_pages(file, offset);
ALTER TABLE _answers RENAME TO _archived_responses;
ALTER TABLE _archived_responses RENAME COLUMN answer TO response;
ALTER TABLE _archived_responses RENAME COLUMN uri TO target_uri;
DROP INDEX _answers_by_place;
CREATE INDEX _archived_responses_by_offset ON _archived_responses(file, offset);
ALTER TABLE _parts RENAME TO _response_parts;
ALTER TABLE _response_parts RENAME COLUMN answer TO response;
DROP INDEX _parts_by_answer;
CREATE INDEX _response_parts_by_response ON _response_parts(response);

ALTER TABLE _slices RENAME TO _jobs;
ALTER TABLE _jobs RENAME COLUMN work TO job;
ALTER TABLE _jobs RENAME COLUMN settled TO done_until;
ALTER TABLE _jobs RENAME COLUMN until TO end;

ALTER TABLE _entries RENAME TO _duplicate_entries;
ALTER TABLE _duplicate_entries RENAME COLUMN pivot TO representative;
DROP INDEX _entries_by_pivot;
CREATE INDEX _duplicate_entries_by_representative ON _duplicate_entries(representative)
    WHERE representative <> entry;
ALTER TABLE _likeness RENAME TO _duplicate_pairs;
ALTER TABLE _unjudged RENAME TO _duplicate_queue;
ALTER TABLE _sketches RENAME TO _duplicate_sketches;
ALTER TABLE _unindexed RENAME TO _search_queue;

-- What is remembered of a site stood among the validators, under the homepage with a fragment.
CREATE TABLE _site_state (
    site TEXT NOT NULL,
    key TEXT NOT NULL,          -- retry_after, sources
    value TEXT NOT NULL,
    saved TEXT NOT NULL,
    PRIMARY KEY (site, key)
) WITHOUT ROWID;
INSERT INTO _site_state (site, key, value, saved)
    SELECT name, iif(url = homepage || '#rest', 'retry_after', 'sources'), cursor, saved
    FROM sites CROSS JOIN _validators ON url IN (homepage || '#rest', homepage || '#sources')
    WHERE cursor IS NOT NULL;
DELETE FROM _validators
    WHERE (url LIKE '%#rest' OR url LIKE '%#sources') AND etag IS NULL AND last_modified IS NULL;
ALTER TABLE _validators RENAME TO _http_validators;
