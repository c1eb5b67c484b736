"""A spider class for every site file, so that `scrapy list` and `scrapy crawl NAME` work by name."""

import logging
import sys

from spiders.news import NewsSpider, spider_class
from spiders.site_files import LoadedSites, load_sites
from text.terminal import printable

logger = logging.getLogger(__name__)


def spider_classes(loaded: LoadedSites) -> dict[str, type[NewsSpider]]:
    """By their names in this module. A broken file is logged, and stops no other."""
    for error in loaded.errors:
        logger.error("%s", printable(str(error)))
    if not loaded.sites:
        sys.exit("There are no sites to crawl: every site file has an error, or there is none.")
    return {f"spider_{name}": spider_class(site, __name__) for name, site in loaded.sites.items()}


globals().update(spider_classes(load_sites()))
