"""What a page says of its article besides the text."""
