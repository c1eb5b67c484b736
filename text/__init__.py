"""Text without what it is about: encodings, letters, languages, URLs, timestamps."""
