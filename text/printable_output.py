"""What is written to stderr beside a command's own output: log lines, tracebacks, warnings. Any of it
may quote a stranger.
"""

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any, TextIO

from text.terminal import printable_lines


class PrintableFormatter(logging.Formatter):
    """As the formatter it wraps, made printable; a traceback keeps its lines."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        return printable_lines(self.formatter.format(record))


class PrintableStream:
    """A text stream that lets nothing else through; for processes that draw nothing on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(printable_lines(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def make_handlers_printable() -> None:
    """The handlers of the root logger, which all loggers pass their records to."""
    for handler in logging.getLogger().handlers:
        formatter = handler.formatter or logging.Formatter()
        if not isinstance(formatter, PrintableFormatter):
            handler.setFormatter(PrintableFormatter(formatter))


def install_hooks() -> None:
    """For warnings, and for exceptions that nobody catches: in the main thread, in others, and where none
    can be raised.
    """

    def write(
        kind: type[BaseException],
        error: BaseException | None,
        stack: TracebackType | None,
        title: str = "",
    ) -> None:
        if sys.stderr and not issubclass(kind, SystemExit):
            text = "".join(traceback.format_exception(kind, error, stack))
            sys.stderr.write(printable_lines(title + text))

    def unraisable(event: "sys.UnraisableHookArgs") -> None:
        title = f"{event.err_msg or 'Exception ignored in'}: {event.object!r}\n"
        write(event.exc_type, event.exc_value, event.exc_traceback, title)

    def in_thread(event: threading.ExceptHookArgs) -> None:
        name = event.thread.name if event.thread else "?"
        write(
            event.exc_type, event.exc_value, event.exc_traceback, f"Exception in thread {name}:\n"
        )

    logging.captureWarnings(True)
    sys.excepthook = write
    sys.unraisablehook = unraisable
    threading.excepthook = in_thread
