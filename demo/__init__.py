"""Small local news sites over HTTP: what `warraq demo` crawls, and what the tests crawl."""
