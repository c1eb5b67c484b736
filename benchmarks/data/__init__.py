"""Data for measurements: readers of labelled sets, generated sites, articles and archives."""
