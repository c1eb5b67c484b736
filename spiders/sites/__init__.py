"""A spider class for every site file, so that `scrapy list` and `scrapy crawl NAME` work by name."""

import logging
import sys

from spiders.news import NewsSpider, spider_class
from spiders.site_files import LoadedSites, load_sites
from text.terminal import printable

logger = logging.getLogger(__name__)


def spider_classes(found: LoadedSites) -> dict[str, type[NewsSpider]]:
    """By the name they have here. What is wrong with a file is said, and stops no other."""
    for error in found.errors:
        logger.error("%s", printable(str(error)))
    if not found.sites:
        sys.exit("There are no sites to crawl: every site file has an error, or there is none.")
    return {f"spider_{name}": spider_class(site, __name__) for name, site in found.sites.items()}


globals().update(spider_classes(load_sites()))
