"""Stories that a search finds: its page, its results, what was probably meant."""
