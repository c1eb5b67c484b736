"""Refinement: plain functions of a page and what is known of its site. No network, no files."""
