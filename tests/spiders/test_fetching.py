"""Requests outside a crawl keep the crawl's rules."""

from collections.abc import Awaitable, Callable

import pytest
from web_server import Answer, Web

from spiders.fetching.fetch import Fetch, Fetched, Unreachable, run_with_fetch


def fetch_page(url: str) -> Callable[[Fetch], Awaitable[Fetched]]:
    async def task(fetch: Fetch) -> Fetched:
        return await fetch(url)

    return task


def test_a_response_of_any_status_is_returned(web: Web) -> None:
    web.pages["/"] = Answer("مرحبا", 200, {"X-Kind": "home", "Link": "<a>"})
    home = run_with_fetch(fetch_page(f"{web.url}/"), homepage=web.url, allow_private=True, delay=0)
    assert (home.url, home.status, home.headers["x-kind"]) == (f"{web.url}/", 200, "home")
    assert home.body.decode() == "مرحبا"
    missing = run_with_fetch(
        fetch_page(f"{web.url}/missing"), homepage=web.url, allow_private=True, delay=0
    )
    assert missing.status == 404


def test_redirects_give_the_final_address(web: Web) -> None:
    web.pages |= {"/": Answer(status=301, headers={"Location": "/ar/"}), "/ar/": "home"}
    home = run_with_fetch(fetch_page(f"{web.url}/"), homepage=web.url, allow_private=True, delay=0)
    assert (home.url, home.body) == (f"{web.url}/ar/", b"home")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(raw=b""), "broke"),
        (Answer("%PDF", headers={"Content-Type": "application/pdf"}), "application/pdf"),
    ],
)
def test_the_message_says_why_there_is_no_response(web: Web, answer: Answer, message: str) -> None:
    web.pages["/"] = answer
    with pytest.raises(Unreachable, match=message):
        run_with_fetch(fetch_page(f"{web.url}/"), homepage=web.url, allow_private=True, delay=0)


def test_private_addresses_and_robots_txt_are_respected(web: Web) -> None:
    web.pages["/"] = "home"
    with pytest.raises(Unreachable, match="private address"):
        run_with_fetch(fetch_page(f"{web.url}/"), homepage=web.url, delay=0)
    assert web.asked == []
    web.pages["/robots.txt"] = "User-agent: *\nDisallow: /\n"
    with pytest.raises(Unreachable, match=r"robots\.txt"):
        run_with_fetch(fetch_page(f"{web.url}/"), homepage=web.url, allow_private=True, delay=0)


def test_an_error_of_the_task_is_raised_unchanged(web: Web) -> None:
    async def task(fetch: Fetch) -> None:
        raise LookupError("of its own")

    with pytest.raises(LookupError, match="of its own"):
        run_with_fetch(task, homepage=web.url, allow_private=True, delay=0)
