"""What is large passes between the processes whole, without the pool's pipe, and leaves nothing behind."""

import asyncio
import os
import pickle
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from items import Link, Site
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.transfer import PackedList, SharedBytes, read_shared, shared_bytes
from pipelines.workers.worker_tasks import WorkerLost
from spiders.fetching.reactor import run_on_reactor
from spiders.sources.sitemap_file import parse_packed, parse_sitemap

LARGE = bytes(range(256)) * 8_192


def _descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


async def _sent(*arguments: Any) -> tuple[list[Any], list[Any]]:
    async with shared_bytes(arguments) as sent:
        return sent, read_shared(sent)


def test_large_bytes_are_sent_as_a_path() -> None:
    sent, received = asyncio.run(_sent(LARGE, b"small", "text", 3))
    assert isinstance(sent[0], SharedBytes)
    assert len(pickle.dumps(sent)) < 1_000
    assert received == [LARGE, b"small", "text", 3]


def test_nothing_stays_open() -> None:
    before = _descriptors()
    asyncio.run(_sent(LARGE, LARGE))
    assert _descriptors() <= before


def test_a_file_is_used_again_for_shorter_and_for_longer_bytes() -> None:
    bodies = [bytes([number]) * (size << 10) for number, size in enumerate((900, 70, 300, 65, 900))]
    for body in bodies:
        [_], [received] = asyncio.run(_sent(body))
        assert received == body


def test_files_in_use_are_apart_and_few_are_kept() -> None:
    bodies = [bytes([number]) * (70 << 10) for number in range(40)]

    async def at_once() -> list[list[bytes]]:
        async with AsyncExitStack() as stack:
            sent = [await stack.enter_async_context(shared_bytes([body])) for body in bodies]
            return [read_shared(arguments) for arguments in sent]

    before = _descriptors()
    assert asyncio.run(at_once()) == [[body] for body in bodies]
    assert len(_descriptors() - before) <= 16


def test_a_worker_reads_them(refiner: LocalRefiner) -> None:
    assert run_on_reactor(refiner.run(len, LARGE)) == len(LARGE)


def test_nothing_stays_open_where_the_worker_is_lost(refiner: LocalRefiner) -> None:
    run_on_reactor(refiner.run(len, LARGE))
    before = _descriptors()
    with pytest.raises(WorkerLost):
        run_on_reactor(refiner.run(_end, LARGE))
    run_on_reactor(refiner.run(len, LARGE))
    assert len(_descriptors()) <= len(before)


def _end(_: bytes) -> None:
    os._exit(7)


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 1_000])
def test_a_packed_list_is_the_list(count: int) -> None:
    numbers = list(range(count))
    packed: PackedList[int] = pickle.loads(pickle.dumps(PackedList(numbers)))
    assert list(packed) == numbers
    assert asyncio.run(packed.unpack()) == numbers


def test_no_part_of_a_packed_list_is_read_before_it_is_reached() -> None:
    packed = PackedList([Link(f"https://a.example/{n}", "", "sitemap") for n in range(500)])
    packed._parts = (packed._parts[0], b"not a pickle")
    assert next(iter(packed)).url == "https://a.example/0"


def test_a_sitemap_in_parts_is_the_sitemap() -> None:
    places = "".join(f"<url><loc>/2026/11/01/a-{n}</loc></url>" for n in range(450))
    arguments = (f"<urlset>{places}</urlset>".encode(), "https://a.example/s.xml", Site("a"))
    rest, links = parse_packed(*arguments)
    assert list(links) == parse_sitemap(*arguments).links
    assert rest.entries == 450
