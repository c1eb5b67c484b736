"""Lines that a site repeats across its articles, learned from these."""
