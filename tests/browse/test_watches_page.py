"""The page of the watches, their feeds, and the command that keeps a search as one."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from reader import EVIL, Reader, reading, stock
from storage_samples import article

from browse.watches_page import watch_command
from cli.main import Context
from cli.watch import watch as watch_group
from storage.articles import store
from storage.database import open_database
from storage.selection import Selection
from storage.watches import deliveries
from storage.watches.channels import FILE, Channel, add_channels
from storage.watches.matching import find_matches
from storage.watches.rows import NewChannel, add_watch, get_watch

ATOM = "{http://www.w3.org/2005/Atom}"
MADE, FOUND = "2026-11-02T06:00:00Z", "2026-11-03T06:00:00Z"
SECRET = "tgram://sesame/open"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("watches")
    stock(folder).close()
    with open_database(folder) as db:
        keys = add_channels(
            folder, [Channel("apprise", (SECRET,)), Channel("command", ("tell", "--key", "sesame"))]
        )
        channels = [NewChannel(keys[0], "apprise"), NewChannel(keys[1], "command")]
        add_watch(db, "مكتبة", Selection(search="المكتبة"), MADE, channels=channels)
        add_watch(db, "empty", Selection(search=f"{EVIL} قنفذ", sites=("news",)), MADE)
        for number in (71, 72):
            text = (f"نص {EVIL} " + " ".join(f"كلمة{number}في{n}" for n in range(80)),)
            title = f"افتتاح المكتبة {EVIL} {number}"
            store(db, article(number, title=title, paragraphs=text), now=FOUND)
            find_matches(db, f"2026-11-03T0{number - 65}:00:00Z")
        deliveries.begin_delivery(db, keys[0], 5)
        state = deliveries.unfinished(db)[0]
        deliveries.fail(db, state, f"{EVIL} and {SECRET}", FOUND)
    with reading(folder) as found:
        yield found


def test_the_page_has_each_watch_with_its_matches_and_feeds(reader: Reader) -> None:
    page = reader.get("/watches")
    assert page.status_code == 200
    text = page.text
    assert "مكتبة" in text
    assert "/watches/%D9%85%D9%83%D8%AA%D8%A8%D8%A9.atom" in text
    assert 'href="/search?q=%D8%A7%D9%84%D9%85%D9%83%D8%AA%D8%A8%D8%A9"' in text
    assert text.index("المكتبة &lt;script&gt;") > 0
    assert EVIL not in text
    assert "The last attempt failed" in text


def test_nothing_of_an_address_or_a_command_is_shown_or_served(reader: Reader) -> None:
    paths = ("/watches", "/watches/empty.atom", "/warraq.json", "/", f"/{FILE}")
    assert [path for path in paths if "sesame" in reader.get(path).text] == []
    for table in ("_watches", "_watch_channels", "_watch_outbox", "_watch_matches", "_watch_queue"):
        for ending in ("", ".json", ".csv"):
            assert reader.get(f"/warraq/{table}{ending}").status_code in (403, 404)


def test_atom_has_the_newest_match_first(reader: Reader) -> None:
    response = reader.get("/watches/مكتبة.atom")
    assert response.status_code == 200
    root = ET.fromstring(response.text)
    assert root.findtext(f"{ATOM}title") == "Warraq: مكتبة"
    updated = [entry.findtext(f"{ATOM}updated") for entry in root.iter(f"{ATOM}entry")]
    assert updated == ["2026-11-03T07:00:00Z", "2026-11-03T06:00:00Z"]
    assert list(ET.fromstring(reader.get("/watches/empty.atom").text).iter(f"{ATOM}entry")) == []


def test_json_feed(reader: Reader) -> None:
    response = reader.get("/watches/مكتبة.feed.json")
    assert response.headers["content-type"].startswith("application/feed+json")
    feed = json.loads(response.text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["date_modified"] for item in feed["items"]] == [
        "2026-11-03T07:00:00Z",
        "2026-11-03T06:00:00Z",
    ]
    assert {"id", "url", "title", "content_html"} <= feed["items"][0].keys()
    tag = response.headers["etag"]
    unchanged = reader.client.get(str(response.url), headers={"If-None-Match": tag})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("name", ["none", "a%2Fb", "%00", "x" * 500, "../x"])
@pytest.mark.parametrize("ending", [".atom", ".feed.json"])
def test_a_watch_that_is_none_is_not_found(reader: Reader, name: str, ending: str) -> None:
    assert reader.get(f"/watches/{name}{ending}").status_code in (302, 400, 404)


HOSTILE = [
    "plain",
    '"a phrase" OR other',
    "'; rm -rf / #",
    "$(id) `id`",
    "-x --command=evil",
    "--notify=x",
    "a\nb\r\nc",
    "\x1b[2J\u202ex\u2066",
    "زلزال",
    "!!",
    "\\",
    "x" * 3000,
]


# As a search; a site or an author may be called so.
_WITHOUT_A_WORD = {("q", "!!"), ("q", "\\")}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("parameter", ["q", "site", "section", "author"])
def test_the_command_makes_a_watch_of_the_same_search(
    tmp_path: Path, hostile: str, parameter: str
) -> None:
    command = watch_command([(parameter, hostile), ("since", "2026-01-01")])
    if (parameter, hostile) in _WITHOUT_A_WORD:
        assert command == ""
        return
    assert command.isprintable()
    words = shlex.split(command)
    assert words[:3] == ["warraq", "watch", "add"]
    done = CliRunner().invoke(watch_group, words[2:], obj=Context(tmp_path))
    assert done.exit_code == 0, done.output
    [name] = [line.partition(":")[0] for line in done.output.splitlines()[:1]]
    with open_database(tmp_path) as db:
        made = get_watch(db, name)
        assert made
        wanted = " ".join("".join(c for c in hostile[:2000] if c not in "\x1b\u202e\u2066").split())
        field = {"q": "search", "site": "sites", "section": "sections"}.get(parameter, parameter)
        value = getattr(made.selection, field)
        assert (value[0] if isinstance(value, tuple) else value) == wanted
        assert made.selection.since == "2026-01-01"
        assert deliveries.channel_states(db) == []


@pytest.mark.parametrize(
    "query", [[], [("q", "  ")], [("q", "!!")], [("page", "2")], [("since", "tomorrow")]]
)
def test_no_command_for_what_selects_nothing(query: list[tuple[str, str]]) -> None:
    assert watch_command(query) == ""
