"""Gone with the next change."""
