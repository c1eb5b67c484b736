"""Beyond so many requests at once the reader says so, and answers again when they are done."""

import asyncio
from typing import Any

import pytest
from reader import reading, stock

from browse import load_limits
from browse.load_limits import MAX_COUNTING, MAX_WAITING, asgi_wrapper


class Held:
    """An application whose answers wait for `release`; what was sent, by request."""

    def __init__(self, *, begins: bool = False) -> None:
        self.begins, self.release = begins, asyncio.Event()
        self.app = asgi_wrapper(None)(self._answer)
        self.tasks: list[asyncio.Future[Any]] = []

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": []}
        if self.begins:
            await send(start)
        await self.release.wait()
        if scope["path"] == "/broken":
            raise OSError("broken")
        await send({"type": "http.response.body"} if self.begins else start)

    async def ask(self, path: str, query: bytes = b"") -> list[Any]:
        """The statuses that were sent until now."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message.get("status"))

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "path": path, "query_string": query, "headers": []}
        self.tasks.append(asyncio.ensure_future(self.app(scope, receive, send)))
        await asyncio.sleep(0)
        return sent

    async def let_go(self) -> None:
        self.release.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()


@pytest.mark.parametrize("path", ["/search", "/", "/warraq/articles/1/event", "/broken"])
def test_what_waits_is_bounded_and_the_room_comes_back(path: str) -> None:
    async def run() -> None:
        held = Held()
        for _ in range(2):
            held.release.clear()
            asked = [await held.ask(path) for _ in range(MAX_WAITING + 3)]
            assert [sent for sent in asked if sent] == [[503, None]] * 3
            assert await held.ask("/assets/warraq.css") == []
            await held.let_go()

    asyncio.run(run())


def test_an_answer_that_has_begun_takes_no_room() -> None:
    async def run() -> None:
        held = Held(begins=True)
        asked = [await held.ask("/search.csv") for _ in range(MAX_WAITING + 3)]
        assert asked == [[200]] * (MAX_WAITING + 3)
        await held.let_go()

    asyncio.run(run())


@pytest.mark.parametrize("path", ["/words", "/words.csv", "/words.json", "/counts", "/counts.json"])
@pytest.mark.parametrize("begins", [True, False])
def test_few_count_at_once_until_they_are_done(path: str, begins: bool) -> None:
    async def run() -> None:
        held = Held(begins=begins)
        for _ in range(2):
            held.release.clear()
            asked = [await held.ask(path, b"q=x") for _ in range(MAX_COUNTING + 1)]
            assert asked[-1] == [503, None]
            assert [503, None] not in asked[:-1]
            assert [503, None] not in (await held.ask(path), await held.ask("/search", b"q=x"))
            await held.let_go()

    asyncio.run(run())


def test_a_refusal_is_in_the_reader_s_language_and_says_when(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(tmp_path).close()
    monkeypatch.setattr(load_limits, "MAX_COUNTING", 0)
    with reading(tmp_path) as reader:
        url = f"{reader.url}/counts?q=x"
        answer = reader.client.get(url, headers={"Accept-Language": "fr"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
        assert answer.text == "Trop de demandes à la fois. Réessayez dans un instant.\n"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert reader.get("/counts").status_code == 200
