"""Scrapy's reactor on an asyncio loop, run for several coroutines in turn in the same process."""

import asyncio
import atexit
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scrapy.utils.reactor import install_reactor, is_reactor_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twisted.internet.asyncioreactor import AsyncioSelectorReactor


REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
T = TypeVar("T")


def run_on_reactor(main: Coroutine[Any, Any, T]) -> T:
    """`main`'s result. Unlike `reactor.run()`, which works once in a process, this can be called any
    number of times: the reactor is started once and stays between two runs.
    """
    reactor = installed_reactor()
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    if not reactor.running:
        reactor.startRunning(installSignalHandlers=False)
        atexit.register(loop.close)
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(main)


def installed_reactor() -> "AsyncioSelectorReactor":
    # A second installation fails, but only after it has made a reactor with its file descriptors.
    if not is_reactor_installed():
        install_reactor(REACTOR)
    from twisted.internet import reactor

    return cast("AsyncioSelectorReactor", reactor)


@contextmanager
def on_signals(stop: Callable[[], object]) -> "Iterator[None]":
    """SIGINT and SIGTERM call `stop` while the block runs; a second one is left to its default."""
    if current_thread() is not main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def once() -> None:
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)
        stop()

    for number in (SIGINT, SIGTERM):
        loop.add_signal_handler(number, once)
    try:
        yield
    finally:
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)
