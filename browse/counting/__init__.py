"""Figures: searches over time, words that mark a selection, outlets, plots, and their charts."""
