"""Spider classes made of sites."""

from items import Site
from spiders.news import NewsSpider


def spider_class(site: Site, module: str = __name__) -> type[NewsSpider]:
    """The spider of one site; Scrapy lists a class under the module that it says it is of."""
    return type(
        f"{site.name}_spider",
        (NewsSpider,),
        {"name": site.name, "site": site, "__module__": module},
    )
