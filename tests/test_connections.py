"""A crawl's connections come to their end, also while the loop is busy with something else."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, globalLogPublisher

from spiders.fetching.reactor import Connections, installed, run


@pytest.mark.parametrize("answered", [0.9, 60.0])
def test_connections_close_in_time_while_the_loop_is_held(answered: float) -> None:
    async def close() -> float:
        closed: Deferred[None] = Deferred()
        answer = installed().callLater(answered, closed.callback, None)  # type: ignore[no-untyped-call]
        pool = SimpleNamespace(closeCachedConnections=lambda: closed)
        handler = SimpleNamespace(_pool=pool, _disconnect_timeout=1)
        began = time.monotonic()
        closing = asyncio.ensure_future(Connections.close(handler))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        time.sleep(1.1)  # by now the server has answered, and the wait is over as well
        await closing
        await asyncio.sleep(0.01)
        if answer.active():
            answer.cancel()
        return time.monotonic() - began

    told: list[LogEvent] = []
    globalLogPublisher.addObserver(told.append)  # type: ignore[arg-type]
    try:
        seconds = run(close())
    finally:
        globalLogPublisher.removeObserver(told.append)  # type: ignore[arg-type]
    assert seconds < 5
    assert not [event for event in told if "log_failure" in event]
