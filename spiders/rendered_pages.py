"""Of a site with `render = true`, an article's page as a browser shows it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from items import Page, Reason
from spiders.fetching.browser import RenderingFailed, acquire_browser
from spiders.fetching.rendering import Renderer, encoded
from spiders.responses import FetchOutcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from items import Site


def renderer_of(crawler: "Crawler", site: "Site") -> Renderer | None:
    """None for a site whose pages are taken as they come; the browser of another is to be released.
    Raises RendererMissing.
    """
    if not site.render:
        return None
    return Renderer.from_crawler(crawler, site, acquire_browser(crawler.settings))


async def rendered_page(renderer: Renderer, page: Page) -> Page | FetchOutcome:
    """The page with what the browser made of its body, and the body as its source. Raises
    RendererMissing.
    """
    content_type = f"text/html; charset={page.charset}" if page.charset else "text/html"
    try:
        rendered = await renderer.render(page.url, page.body, content_type)
    except RenderingFailed as error:
        return FetchOutcome("retry", Reason.NOT_RENDERED, f"the browser gave no page: {error}")
    return replace(page, body=encoded(rendered.html), charset="utf-8", source=page.body)
