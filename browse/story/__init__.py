"""One story at all its outlets, and one event: pages, comparisons, record, citation."""
