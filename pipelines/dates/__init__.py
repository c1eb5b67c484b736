"""Dates and times as the world's press writes them."""
