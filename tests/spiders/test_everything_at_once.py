"""One outlet with two editions, a consent cookie, an article on two pages, one that goes, rights, a bound on
what is kept, and a proxy in between: by `warraq crawl`, `warraq run` and the commands that read.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from daemon import Daemon
from paged_articles import THEMES, Theme, document, paragraphs
from proxy_server import Proxy, serve_proxy
from storage_samples import rows
from waiting import PATIENCE, until
from web_server import Answer, ReceivedRequest, Web, rss

from storage.database import open_database
from text.timestamps import add_seconds, utc_now

pytestmark = pytest.mark.slow

FILE = "/.well-known/tdmrep.json"
# Maintenance is due at once, not after some minutes.
IMPATIENT = (
    "import scheduler; scheduler._MAINTENANCE_SECONDS = 0; from cli.main import main; main()"
)
PAGED: Theme = THEMES[0]
PLACES = ("الوادي", "الجبل", "الساحل", "السهل", "الواحة", "الهضبة")
CROPS = ("الزيتون", "القمح", "العنب", "التفاح", "القطن", "الورد")


def story(number: int) -> str:
    """An article whose words no other has."""
    place, crop = PLACES[number], CROPS[number]
    lines = (
        f"بدأ مزارعو {place} قطاف {crop} قبل موعده بأسبوعين، بعد صيف حار لم تعرفه المنطقة منذ {number + 20} عاماً.",
        f"وقال رئيس جمعية {crop} في {place} إن المحصول أقل من العام الماضي بنحو {number + 11} في المئة.",
        f"وينتظر التجار في أسواق {place} أن ترتفع أسعار {crop} مع بداية الشهر القادم حتى {number + 300} ليرة.",
    )
    hour = add_seconds(utc_now(), -600 - 60 * number)
    page = document(
        f"موسم {crop} في {place} يبدأ مبكراً", "".join(f"<p>{line}</p>" for line in lines)
    )
    return page.replace("2026-11-01T06:00:00Z", hour)


def gated(page: str | Answer) -> Callable[[ReceivedRequest], str | Answer]:
    """`page` for those that have the cookie, for others the way to it."""

    def answer(asked: ReceivedRequest) -> str | Answer:
        if "consent=1" in asked.headers.get("cookie", ""):
            return page
        return Answer("", 307, {"Location": f"/consent?next={asked.path}"})

    return answer


def consent(asked: ReceivedRequest) -> Answer:
    [target] = parse_qs(urlsplit(asked.path).query)["next"]
    return Answer("", 302, {"Location": target, "Set-Cookie": "consent=1; Path=/"})


def feed(web: Web, paths: list[str]) -> Answer:
    items = "".join(f"<item><link>{web.url}{path}</link></item>" for path in paths)
    text = f'<rss version="2.0"><channel><title>n</title>{items}</channel></rss>'
    return Answer(text, headers=rss("", []).headers)


ARABIC = [f"/ar/news/{number}" for number in range(4)]
PERSIAN = ["/fa/news/4", "/fa/news/5"]


@pytest.fixture
def outlet(web: Web) -> Web:
    """Four Arabic articles and one on two pages; the feed of that edition lists the others' as well."""
    paged = f"/ar{PAGED.path}"
    web.pages |= {path: gated(story(n)) for n, path in enumerate([*ARABIC, *PERSIAN])}
    for number in (1, 2):
        path = paged if number == 1 else f"{paged}2/"
        page = PAGED.page(number, 2).replace('href="/2026', 'href="/ar/2026')
        web.pages[path] = gated(page.replace("2026-11-01T06:00:00Z", add_seconds(utc_now(), -300)))
    for path in [*ARABIC, *PERSIAN, paged, f"{paged}2/"]:
        web.pages[f"/consent?next={path}"] = consent
    rules = [{"location": "/ar/news/1", "tdm-reservation": 1}]
    web.pages |= {
        FILE: Answer(json.dumps(rules), headers={"Content-Type": "application/json"}),
        "/ar/feed": feed(web, [paged, *ARABIC, *PERSIAN]),
        "/fa/feed": feed(web, PERSIAN),
    }
    return web


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with serve_proxy("http") as proxy:
        yield proxy


@pytest.fixture
def daemon(tmp_path: Path, outlet: Web, proxy: Proxy) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path, WARRAQ_REFINE="pipelines.refine.refine")
    for name, code, more in (("river", "ar", "keep_articles = 4"), ("river-fa", "fa", "")):
        daemon.site(
            name,
            f'homepage = "{outlet.url}/{code}/"\nfeeds = ["/{code}/feed"]\nwithin = ["/{code}/"]\n'
            f'proxy = "http://{proxy.host}:{proxy.port}"\nallow_private = true\ndelay = 0\n'
            f"concurrency = 1\nevery = 0.02\n{more}\n",
        )
    yield daemon
    daemon.close()


def warraq(daemon: Daemon, *arguments: str, code: int | None = 0) -> str:
    done = subprocess.run(
        [*daemon.command, *arguments],
        capture_output=True,
        text=True,
        env=daemon.environment,
        cwd=daemon.folder,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout


def articles(daemon: Daemon) -> dict[str, int]:
    with open_database(daemon.data) as db:
        found = rows(db, "SELECT url, number FROM articles")
        assert rows(db, "SELECT count(*) FROM copies") == [(0,)]
    paths = {urlsplit(url).path: number for url, number in found}
    assert len(paths) == len(found), "each is there once"
    return paths


def hours_later(daemon: Daemon, hours: float) -> None:
    """All that was written was written so much earlier."""
    ago = f"-{hours * 3600:.0f} seconds"
    with open_database(daemon.data) as db:
        for column in ("looked_at", "missed_at", "recheck_at", "finished_at", "discovered_at"):
            sql = f"UPDATE frontier SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)"
            db.execute(sql, [ago])
        db.execute("UPDATE articles SET first_seen = strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, ?)", [ago])  # fmt: skip


def requests(web: Web) -> Counter[str]:
    """Of articles, lists and the files of the host, since the last time."""
    counted = Counter(asked.path for asked in web.asked)
    web.forget()
    return counted


def exported(daemon: Daemon, *without: str) -> set[str]:
    file = daemon.folder / f"export{len(without)}{''.join(without)}.jsonl"
    warraq(daemon, "export", str(file), *without)
    lines = map(json.loads, file.read_text().splitlines())
    return {urlsplit(line["url"]).path for line in lines}


def test_an_outlet_with_everything_at_once(outlet: Web, proxy: Proxy, daemon: Daemon) -> None:
    paged, last_page = f"/ar{PAGED.path}".rstrip("/"), f"/ar{PAGED.path}2/"
    warraq(daemon, "crawl", "river", "river-fa")
    first = requests(outlet)
    stored = articles(daemon)
    assert sorted(stored) == sorted([*ARABIC, *PERSIAN, paged])
    assert first[FILE] <= 2, "two sites of one host that begin together"
    assert first["/robots.txt"] <= 2
    assert first[last_page] == 1
    gates = [path for path in first if path.startswith("/consent")]
    assert 1 <= len(gates) <= 6, (
        "of each crawl the first, and what left before its cookie was there"
    )
    assert all(1 <= first[path] + first[f"{path}/"] <= 2 for path in stored)
    assert len(proxy.asked) > 0
    assert {address for address, _ in proxy.asked} == {"127.0.0.1"}
    with open_database(daemon.data) as db:
        [(text, sites)] = rows(db, "SELECT text, (SELECT group_concat(DISTINCT site) FROM articles) FROM articles "
                               f"WHERE number = {stored[paged]}")  # fmt: skip
    assert text.split("\n\n") == [*paragraphs(1), *paragraphs(2)]
    assert set(sites.split(",")) == {"river", "river-fa"}

    del outlet.pages[ARABIC[2]]
    hours_later(daemon, 1.1)
    warraq(daemon, "crawl", "river", "river-fa")
    assert requests(outlet)[ARABIC[2]] == 1
    hours_later(daemon, 6.1)
    warraq(daemon, "crawl", "river", "river-fa")
    assert requests(outlet)[ARABIC[2]] == 1
    assert articles(daemon) == stored
    with open_database(daemon.data) as db:
        assert rows(db, "SELECT url FROM articles WHERE gone_at IS NOT NULL") == [
            (outlet.url + ARABIC[2],)
        ]
        assert rows(db, "SELECT count(*) FROM revisions") == [(0,)]

    everything = set(stored)
    assert exported(daemon) == everything
    assert exported(daemon, "--without-gone") == everything - {ARABIC[2]}
    assert exported(daemon, "--without-reserved") == everything - {ARABIC[1]}
    assert exported(daemon, "--without-gone", "--without-reserved") == everything - {
        ARABIC[1],
        ARABIC[2],
    }
    status = json.loads(warraq(daemon, "status", "--json", code=None))
    by_site = {site["site"]: site for site in status["sites"]}
    assert (by_site["river"]["articles"], by_site["river"]["gone"]) == (5, 1)
    assert by_site["river-fa"]["articles"] == 2
    assert "gone" in warraq(daemon, "show", str(stored[ARABIC[2]]))
    assert CROPS[0] in warraq(daemon, "show", str(stored[ARABIC[0]]))

    warraq(daemon, "forget", "--yes", outlet.url + ARABIC[0])
    requests(outlet)
    warraq(daemon, "crawl", "river", "river-fa")
    assert requests(outlet)[ARABIC[0]] == 0
    assert sorted(articles(daemon)) == sorted(everything - {ARABIC[0]})


def test_the_service_keeps_to_the_bound_and_brings_nothing_back(
    outlet: Web, proxy: Proxy, daemon: Daemon
) -> None:
    warraq(daemon, "crawl", "river", "river-fa")
    stored = articles(daemon)
    requests(outlet)
    daemon.start("river", "river-fa", program=IMPATIENT)
    until(lambda: outlet.count("/ar/feed") >= 4, "the service polls")
    until(lambda: len(articles(daemon)) == 6, "the oldest of five is taken out")
    polls = outlet.count("/ar/feed")
    until(lambda: outlet.count("/ar/feed") >= polls + 3, "it polls on")
    assert daemon.stop() == 0
    assert "ERROR" not in daemon.log_text()
    seen = requests(outlet)
    assert sorted(articles(daemon)) == sorted(set(stored) - {ARABIC[3]})
    assert not [path for path in seen if "/news/" in path], "nothing is fetched a second time"
    assert seen["/robots.txt"] <= 2, "two sites of one host that begin together"
    warraq(daemon, "crawl", "river")
    assert requests(outlet)[ARABIC[3]] == 0
