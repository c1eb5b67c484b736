"""Watches: saved searches that are asked about each article as it comes, and tell of what they find."""
