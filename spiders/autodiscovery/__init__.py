"""Where a site's articles are announced, for sites whose file names no source."""
