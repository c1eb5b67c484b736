"""Of a site with `render = true`, its pages and its lists as a browser shows them."""

from dataclasses import replace

from items import Page, Reason
from spiders.fetching.browser import RendererMissing, RenderingFailed
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.fetching.rendering import Renderer
from spiders.fetching.request_kinds import is_html
from spiders.responses import FetchOutcome

_TYPE = "text/html; charset=utf-8"


async def rendered_page(renderer: Renderer, page: Page) -> Page | FetchOutcome:
    """The page with what the browser made of its body. Raises RendererMissing."""
    content_type = f"text/html; charset={page.charset}" if page.charset else "text/html"
    try:
        rendered = await renderer.render(page.url, page.body, content_type)
    except RenderingFailed as error:
        return FetchOutcome("retry", Reason.NOT_RENDERED, f"the browser gave no page: {error}")
    return replace(page, body=_encoded(rendered.html), charset="utf-8", source=page.body)


async def rendered_source(renderer: Renderer, source: Fetched) -> Fetched:
    """A list as the browser shows it; what is no web page stays as it is. Raises Unreachable."""
    content_type = source.headers.get("content-type", "")
    is_page = "html" in content_type.lower() or (not content_type and is_html(source.body))
    if source.status != 200 or not is_page:
        return source
    try:
        rendered = await renderer.render(source.url, source.body, content_type)
    except (RenderingFailed, RendererMissing) as error:
        raise Unreachable(f"the browser gave no page: {error}", Reason.NOT_RENDERED) from error
    headers = {**source.headers, "content-type": _TYPE}
    return replace(source, headers=headers, body=_encoded(rendered.html))


def _encoded(html: str) -> bytes:
    return b"<!doctype html>\n" + html.encode("utf-8", "replace")
