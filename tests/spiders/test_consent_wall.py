"""A site that answers every article with a redirect to its request for consent, until it is lifted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from duplicate_samples import story
from storage_samples import rows
from web_server import Answer, Web

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import CrawlResult
from storage.database import open_database, transaction

Crawl = Callable[..., CrawlResult]
PATHS = [f"/news/{number}" for number in range(1, 7)]
CONSENT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Before you continue</title><main>'
    "<h1>We value your privacy</h1><p>We and our 842 partners store and access information on your "
    "device, such as cookies, and process personal data, such as unique identifiers, to deliver "
    "personalised ads and content, and to measure them.</p><p>With your consent, we and our partners "
    "may use precise geolocation data. You may accept the processing described above, or refuse to "
    "consent. Your preferences will apply to this website only.</p><p>You can change them at any time "
    "by returning to this site.</p><button>Accept all</button><button>Reject all</button></main>"
)


@pytest.fixture(scope="module")
def real_refiner() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(
        workers=1, seconds=60.0, memory=512 << 20, function="pipelines.refine.refine"
    )
    yield refiner
    refiner.close()


def article(number: int) -> str:
    text = "".join(f"<p>{line}</p>" for line in story(number, 6))
    time = f'<meta property="article:published_time" content="2026-10-{number:02}T06:00:00Z">'
    return (
        f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>خبر {number}</title>{time}'
        f"</head><body><article><h1>خبر {number} من المدينة</h1>{text}</article></body></html>"
    )


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("target", ["/consent?to={}", "/privacy-gate{}"])
def test_articles_behind_a_request_for_consent_wait_and_come_when_it_is_lifted(
    web: Web,
    site: Site,
    crawl: Crawl,
    real_refiner: LocalRefiner,
    tmp_path: Path,
    target: str,
    status: int,
) -> None:
    items = "".join(f"<item><link>{web.url}{path}</link></item>" for path in PATHS)
    feed = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>n</title>{items}</channel></rss>'
    )
    web.pages["/feed"] = Answer(feed, headers={"Content-Type": "application/rss+xml"})
    for path in PATHS:
        gate = target.format(path)
        web.pages |= {gate: CONSENT, path: Answer("", status, {"Location": web.url + gate})}
    crawl(site, refiner=real_refiner)
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT count(*) FROM articles") == [(0,)]
        waiting = "SELECT state, reason, count(*) FROM frontier GROUP BY 1, 2"
        assert rows(db, waiting) == [("queued", "consent_wall", len(PATHS))]
        [(trouble,)] = rows(db, "SELECT trouble FROM crawls")
        assert trouble.startswith("consent_wall: ")
        assert "in a browser" in trouble
        with transaction(db):
            db.execute("UPDATE frontier SET due = '2026-01-01T00:00:00Z'")
    web.pages |= {path: article(number) for number, path in enumerate(PATHS, 1)}
    assert crawl(site, refiner=real_refiner).counts["new"] == len(PATHS)
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT state, reason FROM frontier GROUP BY 1, 2") in (
            [("done", None)],
            [("done", "")],
        )
        assert {tuple(text.split("\n\n")) for (text,) in rows(db, "SELECT text FROM articles")} == {
            tuple(story(number, 6)) for number in range(1, len(PATHS) + 1)
        }
