"""Any two texts of a story, word by word."""

import asyncio
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.story.compared_texts import StoryText, choices, find_text
from browse.story.story_outlets import article_row_of, story_outlets
from browse.story.word_diff import DiffRow, diff_rows, share_in_common, words
from browse.translation import gettext as _

_MAX_ROWS = 300
_MAX_CHOICES = 400
_MAX_KEY_CHARS = 60


async def render_comparison(request: Request, datasette: Datasette) -> Response:
    """`?left=…&right=…` are keys of texts; without them, the story and the one before or beside it.
    `?with=N` is another story on the right.
    """
    article = await article_row_of(datasette, int(request.url_vars["number"]))
    story = await story_outlets(datasette, article)
    offered = choices(article, story.revisions, story.copies, story.of_copies, story.related)
    left, right = await _chosen(request, datasette, offered)
    context: dict[str, Any] = {"article": article, "offered": offered[:_MAX_CHOICES]}
    context |= {"left": left, "right": right, "more_offered": len(offered) > _MAX_CHOICES}
    if left and right:
        context |= await asyncio.to_thread(_compared, left, right, "all" in request.args)
    return Response.html(await datasette.render_template("compare.html", context, request=request))


async def _chosen(
    request: Request, datasette: Datasette, offered: list[StoryText]
) -> tuple[StoryText | None, StoryText | None]:
    other = (request.args.get("with") or "")[:15]
    first = offered[1].key if len(offered) > 1 else ""
    is_earlier = len(offered) > 1 and offered[1].until is not None
    usual = (first, offered[0].key) if is_earlier else (offered[0].key, first)
    keys = [
        request.args.get("left") or (offered[0].key if other else usual[0]),
        request.args.get("right") or (f"story-{other}" if other else usual[1]),
    ]
    found = [await find_text(datasette, key[:_MAX_KEY_CHARS]) if key else None for key in keys]
    if any(key and text is None for key, text in zip(keys, found, strict=True)):
        raise NotFound(_("There is no such text of this story any more"))
    return found[0], found[1]


def _compared(left: StoryText, right: StoryText, everything: bool) -> dict[str, Any]:
    texts = str(left.row["text"]), str(right.row["text"])
    rows: list[DiffRow] = diff_rows(left.paragraphs, right.paragraphs)
    shown = rows if everything else rows[:_MAX_ROWS]
    titles = [" ".join((side.row["title"] or "")[:1000].split()) for side in (left, right)]
    return {
        "rows": shown,
        "left_out": len(rows) - len(shown),
        "headline": DiffRow("changed", words(titles[0], titles[1])) if any(titles) else None,
        "in_common": share_in_common(rows, *texts),
        "is_same": texts[0] == texts[1],
    }
