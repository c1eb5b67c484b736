"""One copy of every story: texts compared on the way in, and what follows from their likeness."""
