"""What a site repeats across its articles, learned from the articles themselves."""
