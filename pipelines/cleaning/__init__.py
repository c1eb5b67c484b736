"""Which lines of a text are not the article's, and what they tell of it."""
