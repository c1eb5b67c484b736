-- Facets, days and the state of sites are answered from an index, not from whole articles.
CREATE INDEX articles_by_time ON articles(published, site, language, section, agency);
CREATE INDEX crawls_by_time ON crawls(started, site, new, copies, rejected, failed);
