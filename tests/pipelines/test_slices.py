"""Slices in workers: a page's limits hold inside of them, and their order stays."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from foreign_warcs import Record, Story, misbehaving, stories, write

from items import Article, Rejected
from pipelines.ingest.web_archive import ImportFilter, WarcSlice, cut_archive
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.slices import SliceBatch, refine_in_order

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(workers=2, seconds=1.5, memory=512 << 20)
    yield refiner
    refiner.close()


def parts(path: Path) -> list[WarcSlice]:
    with path.open("rb") as file:
        slices = cut_archive(
            file, str(path), 0, path.stat().st_size, ImportFilter(), SiteLookup([])
        )
        return [misbehaving(part) for part in slices]


def refined(workers: LocalRefiner, path: Path) -> SliceBatch:
    [part] = parts(path)
    return asyncio.run(workers.refine_slice(part))


def outcomes(batch: SliceBatch) -> list[str]:
    return [
        outcome.result.reason if isinstance(outcome.result, Rejected) else outcome.key[-1]
        for outcome in batch.results
    ]


@pytest.mark.parametrize(
    ("trouble", "reason"), [("hang", "timeout"), ("memory", "memory"), ("raise", "crashed")]
)
def test_a_page_that_misbehaves_is_turned_away_alone(
    workers: LocalRefiner, tmp_path: Path, trouble: str, reason: str
) -> None:
    records = stories(5)
    bad = f"<p>misbehave:{trouble}</p>".encode()
    records[2] = Record(records[2].url, bad)
    batch = refined(workers, write(tmp_path / "a.warc.gz", records))
    assert outcomes(batch) == ["1", "2", reason, "4", "5"]
    assert [outcome.key for outcome in batch.results] == [record.url for record in records]
    assert batch.results[0].fetched == "2025-06-01T00:00:00Z"


def test_what_is_no_page_is_counted(workers: LocalRefiner, tmp_path: Path) -> None:
    records = [*stories(1), Record(status="404 Not Found"), Record(status="301 Moved"), *stories(1)]
    batch = refined(workers, write(tmp_path / "a.warc.gz", records))
    assert dict(batch.skipped) == {"not_found": 1, "redirect": 1}
    assert all(isinstance(outcome.result, Article) for outcome in batch.results)


def test_slices_come_out_in_the_order_they_went_in(
    workers: LocalRefiner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.ingest.web_archive.PAGES", 2)
    records = stories(12)
    records[0] = Record(records[0].url, Story(1, body=Story().body * 400).html())
    path = write(tmp_path / "a.warc.gz", records)

    async def keys() -> list[str]:
        refined = refine_in_order(workers, iter(parts(path)))
        return [outcome.key async for _, batch in refined for outcome in batch.results]

    assert asyncio.run(keys()) == [record.url for record in records]


def test_only_a_few_slices_are_under_way(
    workers: LocalRefiner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.ingest.web_archive.PAGES", 1)
    path, begun, ended = write(tmp_path / "a.warc.gz", stories(30)), 0, 0

    def counted() -> Iterator[WarcSlice]:
        nonlocal begun
        for part in parts(path):
            begun += 1
            assert begun - ended <= 2 * workers.workers + 1
            yield part

    async def all_of_them() -> None:
        nonlocal ended
        async for _ in refine_in_order(workers, counted()):
            ended += 1

    asyncio.run(all_of_them())
    assert ended == 30


def test_a_file_that_is_gone_is_no_page_of_anyone(workers: LocalRefiner, tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", stories(1))
    [part] = parts(path)
    path.unlink()
    with pytest.raises(OSError, match="No such file"):
        asyncio.run(workers.refine_slice(part))
