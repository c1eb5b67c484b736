"""How pages are fetched: addresses, robots, politeness, conditional requests. Parses no article."""
