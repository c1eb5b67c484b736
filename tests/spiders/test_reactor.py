"""A crawl's connections are closed in time, also while the loop is busy."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, globalLogPublisher

from spiders.fetching.download_handler import PatientHandler
from spiders.fetching.reactor import installed_reactor, run_on_reactor


@pytest.mark.parametrize(("answered", "in_time"), [(0.01, True), (600.0, False)])
def test_connections_close_in_time_while_the_loop_is_held(
    answered: float, in_time: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spiders.fetching.download_handler._CLOSE_SECONDS", 0.02)

    async def close() -> bool:
        closed: Deferred[None] = Deferred()
        answer = installed_reactor().callLater(answered, closed.callback, None)  # type: ignore[no-untyped-call]
        pool = SimpleNamespace(closeCachedConnections=lambda: closed)
        handler = SimpleNamespace(_pool=pool, _disconnect_timeout=0.02)
        closing = asyncio.ensure_future(PatientHandler.close(handler))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        time.sleep(0.03)  # holds the loop: the answer and the end of the wait are due together
        await closing
        await asyncio.sleep(0.01)
        if was_awaited := bool(answer.active()):
            answer.cancel()
        return not was_awaited

    errors: list[LogEvent] = []
    globalLogPublisher.addObserver(errors.append)  # type: ignore[arg-type]
    try:
        assert run_on_reactor(close()) == in_time
    finally:
        globalLogPublisher.removeObserver(errors.append)  # type: ignore[arg-type]
    assert not [event for event in errors if "log_failure" in event]
