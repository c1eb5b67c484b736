"""What a site's pages have in common, learned from where their articles stood."""
