"""Lists of stories as Atom feeds (RFC 4287): the table with its search and filters, or a query."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.hooks import hookimpl
from browse.search import CLOSE, OPEN
from browse.template_filters import inert, web_address

_NAMESPACE = "http://www.w3.org/2005/Atom"
_EPOCH = "1970-01-01T00:00:00Z"
# Not allowed in XML 1.0, beside the control characters that `inert` drops.
_NOT_XML = {0xFFFE: None, 0xFFFF: None}


@hookimpl
def register_output_renderer() -> dict[str, Any]:
    return {"extension": "atom", "render": feed, "can_render": is_feed}


def is_feed(columns: list[str]) -> bool:
    return {"title", "id"} <= set(columns)


def feed(
    datasette: Datasette, request: Request, columns: list[str], rows: Any, title: str = ""
) -> Response:
    if not is_feed(columns):
        return Response.text("A feed needs the columns id and title.\n", status=400)
    entries = [dict(zip(columns, tuple(row), strict=True)) for row in rows]
    url = datasette.absolute_url(request, datasette.urls.path(request.full_path))
    root = ET.Element("feed", xmlns=_NAMESPACE)
    _add(root, "id", url)
    _add(
        root,
        "title",
        "Warraq: " + (title or request.args.get("_search") or request.args.get("q") or "stories"),
    )
    _add(root, "updated", max(map(_updated, entries), default=_EPOCH))
    ET.SubElement(root, "link", rel="self", href=url)
    for entry in entries:
        _fill_entry(ET.SubElement(root, "entry"), entry, datasette, request)
    body = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return Response(
        f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n',
        content_type="application/atom+xml; charset=utf-8",
    )


def _fill_entry(
    element: ET.Element, row: dict[str, Any], datasette: Datasette, request: Request
) -> None:
    _add(element, "id", f"urn:warraq:{row['id']}")
    _add(element, "title", row["title"] or "…")
    _add(element, "updated", _updated(row))
    if row.get("published"):
        _add(element, "published", _rfc3339(row["published"]))
    author = ET.SubElement(element, "author")
    _add(author, "name", row.get("author") or row.get("source") or row.get("site") or "Warraq")
    for section in filter(None, [row.get("section")]):
        ET.SubElement(element, "category", term=_xml_text(section))
    if link := _link(row, datasette, request):
        ET.SubElement(element, "link", rel="alternate", href=_xml_text(link))
    snippet = (row.get("found") or "").replace(OPEN, "").replace(CLOSE, "")
    _add(element, "content", row.get("text") or snippet, type="text")


def _link(row: dict[str, Any], datasette: Datasette, request: Request) -> str | None:
    if row.get("number") is None:
        return web_address(row.get("url"))
    path = datasette.urls.path(f"/warraq/articles/{row['number']}")
    return str(web_address(row.get("url")) or datasette.absolute_url(request, path))


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _xml_text(text)


def _xml_text(text: str) -> str:
    return str(inert(str(text))).translate(_NOT_XML)


def _updated(row: dict[str, Any]) -> str:
    return _rfc3339(row.get("modified") or row.get("published") or row.get("first_seen"))


def _rfc3339(time: str | None) -> str:
    """In UTC; a time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(time or _EPOCH)
    except ValueError:
        return _EPOCH
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
