"""What measurements run on: labelled sets read, sites, articles and archives generated."""
