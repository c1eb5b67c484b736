-- Every page is refined in full: what was learned of a site's pages has no reader any more.
DROP TABLE _places;
DROP TABLE _template_data;
DROP TABLE templates;
