"""`/words`: the words that mark one selection of stories against another, or against the rest.

The first part of the page is sent before the words are counted, which takes a second for two samples of
2 000 stories. `/words.csv` and `/words.json` have the figures.
"""

import io
import json
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import AsgiStream, AsgiWriter, Request, Response

from browse.counting.counts_page import choices
from browse.counting.marking_words import (
    SAMPLE,
    MarkingWords,
    WordComparison,
    comparison_from,
    in_one_language,
    marking_words,
)
from browse.http_messages import request_parameters
from browse.translation import gettext as _
from storage.formats.csv_cells import HarmlessWriter
from storage.selection import Selection, SelectionError, parameters
from text.keyness import COMMON_SHARE, CRITICAL_G2, MIN_TEXTS

_MARK = "\ue000words\ue000"
_COLUMNS = (
    *("side", "word", "folded", "stories", "other_stories", "per_thousand"),
    *("other_per_thousand", "log_likelihood", "log_ratio"),
)


async def render_words(request: Request, datasette: Datasette) -> Response | AsgiStream:
    pairs = request_parameters(request)
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    context: dict[str, Any] = {"given": given, "error": "", "mark": _MARK, "comparison": None}
    context |= await choices(datasette)
    try:
        context["comparison"] = comparison_from(pairs)
    except SelectionError as error:
        context["error"] = str(error)
    page = await datasette.render_template("words.html", context, request=request)
    head, _mark, foot = page.partition(_MARK)
    if context["comparison"] is None:
        return Response.html(head + foot, status=400 if context["error"] else 200)

    async def stream(writer: AsgiWriter) -> None:
        await writer.write(head)
        await writer.write(await _result(datasette, request, context["comparison"]))
        await writer.write(foot)

    return AsgiStream(stream, content_type="text/html; charset=utf-8")


async def _result(datasette: Datasette, request: Request, comparison: WordComparison) -> str:
    context: dict[str, Any] = {"error": "", "sample": SAMPLE, "critical": CRITICAL_G2}
    context |= {"common": round(100 * COMMON_SHARE), "min_texts": MIN_TEXTS}
    try:
        comparison = await in_one_language(datasette, comparison)
        found = await marking_words(datasette, comparison)
    except QueryInterrupted:
        context["error"] = _("Counting this takes too long: a shorter period would do.")
    else:
        # The rest has no address of its own; its words lead to the language's stories.
        sides = [
            {"side": found.own, "address": _query(comparison.own)},
            {"side": found.other, "address": _query(comparison.other)},
        ]
        context |= {"found": found, "comparison": comparison, "sides": sides}
        context["address"] = urlencode(request_parameters(request))
        context["spelt"] = found.spelt
    return str(await datasette.render_template("_marking_words.html", context, request=request))


def _query(selection: Selection) -> str:
    """The parameters of a selection beside a word that is to be sought in it."""
    pairs = [(name, value) for name, value in parameters(selection) if name != "q"]
    return "&" + urlencode(pairs) if pairs else ""


async def words_json(request: Request, datasette: Datasette) -> Response | AsgiStream:
    try:
        asked = _asked(request)
    except SelectionError as error:
        return Response.json({"ok": False, "error": str(error)}, status=400)

    async def stream(writer: AsgiWriter) -> None:
        await writer.write('{"unit": "stories that have the word", ')
        comparison = await in_one_language(datasette, asked)
        found = await marking_words(datasette, comparison)
        sides = {"own": (comparison.own, found.own), "other": (comparison.other, found.other)}
        data: dict[str, Any] = {
            name: {"among": parameters(selection), "stories": side.stories, "read": side.read}
            for name, (selection, side) in sides.items()
        }
        data |= {"against_rest": comparison.against_rest}
        data["words"] = [dict(zip(_COLUMNS, line, strict=True)) for line in _lines(found)]
        await writer.write(json.dumps(data, ensure_ascii=False)[1:])

    return AsgiStream(stream, content_type="application/json; charset=utf-8")


async def words_csv(request: Request, datasette: Datasette) -> Response | AsgiStream:
    try:
        asked = _asked(request)
    except SelectionError as error:
        return Response.text(f"{error}\n", status=400)

    async def stream(writer: AsgiWriter) -> None:
        await writer.write("\ufeff" + ",".join(_COLUMNS) + "\r\n")
        comparison = await in_one_language(datasette, asked)
        file = io.StringIO()
        cells = HarmlessWriter(file)
        for line in _lines(await marking_words(datasette, comparison)):
            cells.writerow(line)
        await writer.write(file.getvalue())

    headers = {"Content-Disposition": 'attachment; filename="words.csv"'}
    return AsgiStream(stream, headers=headers, content_type="text/csv; charset=utf-8")


def _asked(request: Request) -> WordComparison:
    comparison = comparison_from(request_parameters(request))
    if comparison is None:
        raise SelectionError("choose an outlet, a period or a search")
    return comparison


def _lines(found: MarkingWords) -> list[list[Any]]:
    return [
        [
            *(name, found.spelt[word.word], word.word, word.own, word.other),
            *(round(1000 * word.own_share, 2), round(1000 * word.other_share, 2)),
            *(round(word.log_likelihood, 2), round(word.log_ratio, 2)),
        ]
        for name, side in (("own", found.own), ("other", found.other))
        for word in side.words
    ]
