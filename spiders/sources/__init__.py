"""The kinds of sources, a file each. Nothing is imported here: one kind loads no other."""
