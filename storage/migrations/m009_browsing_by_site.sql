-- Facets within a site, and a document of the corpus by its name.
CREATE INDEX articles_by_facets ON articles(site, language, section, published);
CREATE INDEX articles_by_document ON articles(printf('%03d_%s.txt', number, id));
