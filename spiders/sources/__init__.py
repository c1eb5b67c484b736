"""The kinds of sources, a file each. Nothing is imported here, so that one kind loads no other."""
