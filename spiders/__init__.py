"""Finding and fetching articles: URL → Page. No cleaning, no SQL."""
