"""The whole result of a selection as a file, in every format of an export, written as it is read.

A download reads through a connection of its own, since datasette's end a query after three seconds, and
in a thread, a chunk at a time: the next one is made when the reader has taken the last. Whoever stops
reading, or leaves, ends it.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response, asgi_start
from sqlite_utils import Database

from browse.access import Receive, Send
from browse.exports.download_names import content_disposition, file_stem
from browse.http_messages import request_parameters
from browse.live_database import database, rows
from browse.translation import gettext as _
from storage.database import StorageError
from storage.formats.corpus_facts import SITES, CorpusFacts, Outlet, count_selected, facts_of
from storage.formats.file_formats import FORMATS, FileFormat
from storage.selection import Selection, SelectionError, selected, selection_from

# At a time, for all readers: each takes a processor as long as its reader is fast.
MAX_DOWNLOADS = 4
_RETRY_SECONDS = 20
_CHUNK_BYTES = 65_536
# Whoever takes nothing for so long has gone.
PATIENCE = 60.0  # seconds
_log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(MAX_DOWNLOADS, "download")
# The places that are taken.
_running: set[object] = set()

# By the ending of the address. A WARC is made of the archive's files, by an export alone.
DOWNLOADS = {
    entry.endings[0].removeprefix("."): entry
    for entry in FORMATS.values()
    if not entry.needs_archive
}
STORY_FORMATS = ("bib", "ris", "md", "tei")
ENDINGS = "|".join(ending.replace(".", r"\.") for ending in DOWNLOADS)
STORY_ENDINGS = "|".join(
    FORMATS[name].endings[0].removeprefix(".").replace(".", r"\.") for name in STORY_FORMATS
)

T = TypeVar("T")


class _Stopped(Exception):
    """The reader has gone, or takes nothing any more."""


class _FileSource:
    """The bytes of a file, and the connection that its rows are read through. Made, read and closed in
    the threads; `interrupt` is for any.
    """

    def __init__(self, path: Path, selection: Selection, entry: FileFormat) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            db = Database(self._connection, execute_plugins=False)
            self.count = count_selected(db, selection)
            # As an export has it.
            facts = replace(
                facts_of(db, selection), count=self.count if entry.needs_count else None
            )
            self._parts = entry.write(chain.from_iterable(selected(db, selection)), facts)
        except BaseException:
            self._connection.close()
            raise

    def chunk(self, least: int = _CHUNK_BYTES) -> bytes:
        """The next bytes, `least` or more of them unless it is the end; none behind the end."""
        parts, size = [], 0
        with self._lock:
            for part in self._parts:
                parts.append(part)
                size += len(part)
                if size >= least:
                    break
        return b"".join(parts)

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        with self._lock:
            try:
                if close := getattr(self._parts, "close", None):
                    close()
            finally:
                self._connection.close()


async def download(
    request: Request, datasette: Datasette, send: Send, receive: Receive
) -> Response | None:
    """Answers `/search.csv?…` and its like."""
    entry = DOWNLOADS[request.url_vars["ending"]]
    try:
        selection = selection_from(request_parameters(request))
        entry.check()
    except SelectionError as error:
        return Response.text(f"{error}\n", 400)
    except StorageError as error:
        return Response.text(f"{error}\n", 501)
    if len(_running) >= MAX_DOWNLOADS:
        sentence = _("Too many downloads are running. Try again in a moment.")
        return Response.text(f"{sentence}\n", 503, {"Retry-After": str(_RETRY_SECONDS)})
    place = object()
    _running.add(place)
    path = Path(database(datasette).path)
    opening = _threads.submit(_FileSource, path, selection, entry)
    try:
        source = await asyncio.wrap_future(opening)
        await _start(send, entry, selection, source.count)
        if request.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
        else:
            await _send_all(source, send, receive)
    finally:
        # After what the thread is doing now, whichever way this ended.
        opening.add_done_callback(lambda _: _threads.submit(_close, opening, place))
    return None


def _close(opening: Future[_FileSource], place: object) -> None:
    try:
        if not opening.cancelled() and opening.exception() is None:
            opening.result().close()
    finally:
        _running.discard(place)


async def _start(send: Send, entry: FileFormat, selection: Selection, count: int) -> None:
    name = f"{file_stem(selection)}{entry.endings[0]}"
    headers = {
        "Content-Disposition": content_disposition(name),
        # The length is not known before the end; with this a reader can tell whether it has all.
        "X-Articles": str(count),
        "Cache-Control": "no-store",
    }
    await asgi_start(send, 200, headers, entry.media_type)


async def _send_all(source: _FileSource, send: Send, receive: Receive) -> None:
    """Without the end of the answer where it fails half way: the server then closes the connection, and
    the reader knows that the file is not whole.
    """
    leaving = asyncio.ensure_future(_left(receive))
    try:
        # What stands before the articles is sent at once.
        least = 1
        while chunk := await _of_thread(partial(source.chunk, least), leaving):
            await _send(send, {"body": chunk, "more_body": True}, leaving)
            least = _CHUNK_BYTES
        await _send(send, {"body": b"", "more_body": False}, leaving)
    except _Stopped:
        pass
    except Exception:
        _log.exception("a download failed half way")
    finally:
        # What is read now is for nobody.
        source.interrupt()
        leaving.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _of_thread(work: Callable[[], T], leaving: "asyncio.Future[None]") -> T:
    working = asyncio.wrap_future(_threads.submit(work))
    try:
        await _first_of(working, leaving)
        return working.result()
    finally:
        working.cancel()


async def _send(send: Send, message: dict[str, object], leaving: "asyncio.Future[None]") -> None:
    """Raises _Stopped where the reader takes nothing."""
    sending = asyncio.ensure_future(send({"type": "http.response.body", **message}))
    try:
        await _first_of(sending, leaving, timeout=PATIENCE)
        sending.result()
    finally:
        sending.cancel()


async def _first_of(
    wanted: "asyncio.Future[Any]", leaving: "asyncio.Future[None]", timeout: float | None = None
) -> None:
    """Raises _Stopped unless what is wanted comes before the reader leaves, and in time."""
    both = {wanted, leaving}
    await asyncio.wait(both, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    if not wanted.done():
        raise _Stopped


async def story_file(request: Request, datasette: Datasette) -> Response:
    """One story in a format that is for citing or for reading."""
    ending = f".{request.url_vars['ending']}"
    entry = next(entry for entry in DOWNLOADS.values() if ending in entry.endings)
    found = await rows(
        datasette,
        "SELECT * FROM articles WHERE number = :n",
        {"n": int(request.url_vars["number"])},
    )
    if not found:
        raise NotFound(
            _("There is no story number %(number)s") % {"number": request.url_vars["number"]}
        )
    facts = CorpusFacts(outlets=await outlets_by_site(datasette))
    body = await asyncio.to_thread(lambda: b"".join(entry.write(found, facts)))
    name = f"{found[0]['number']:03d}_{found[0]['id']}{ending}"
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(body, 200, headers, entry.media_type)


async def outlets_by_site(datasette: Datasette) -> dict[str, Outlet]:
    found = await rows(datasette, SITES)
    return {row["name"]: Outlet(row["title"], row["homepage"]) for row in found}
