"""The log on stderr: one line an event, for people, for journald, or as JSON for machines."""

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal

from scrapy.settings import BaseSettings
from scrapy.utils.log import configure_logging
from twisted.logger import globalLogBeginner

from text.printable_output import install_hooks
from text.terminal import printable_lines

LogFormat = Literal["text", "json"]

# The prefixes of sd-daemon(3), which journald takes off the line.
_PRIORITIES = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}
_RECORD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# They log each run of each job at INFO.
_QUIETED = ("apscheduler",)


def set_up(style: LogFormat, settings: BaseSettings) -> None:
    """For the whole process, with Twisted's and Scrapy's messages."""
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    # Otherwise Twisted prints its errors beside the log as well.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter() if style == "json" else TextFormatter(journal=_is_journal())
    )
    logging.basicConfig(handlers=[handler], force=True)
    install_hooks()
    set_level(settings)
    for name in _QUIETED:
        logging.getLogger(name).setLevel(logging.WARNING)


def set_level(settings: BaseSettings) -> None:
    root = logging.getLogger()
    root.setLevel(settings["LOG_LEVEL"])
    for handler in root.handlers:
        # Scrapy's loggers pass everything on and leave the level to the handler.
        handler.setLevel(settings["LOG_LEVEL"])


class TextFormatter(logging.Formatter):
    """An exception's stack is on the same line, innermost call last. The journal adds the time."""

    def __init__(self, *, journal: bool = False) -> None:
        super().__init__()
        self.journal = journal

    def format(self, record: logging.LogRecord) -> str:
        message = _one_line(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            message += f" [{_stack(record.exc_info[1])}]"
        message = printable_lines(message)
        if self.journal:
            return f"<{_PRIORITIES.get(record.levelname, 6)}>{message}"
        return f"{_time(record)} {record.levelname} {message}"


class JsonFormatter(logging.Formatter):
    """`time`, `level`, `logger`, `message`, and the event's own fields: `site`, `counts`, …"""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        event |= {name: value for name, value in vars(record).items() if _is_extra(name, value)}
        if record.exc_info and record.exc_info[1]:
            event["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        return escape_hidden(json.dumps(event, ensure_ascii=False, default=str))


def _is_extra(name: str, value: object) -> bool:
    return name not in _RECORD_FIELDS and isinstance(value, str | int | float | dict | list)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _stack(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    calls = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return _one_line(f"{type(error).__name__}: {error}; " + " > ".join(calls[-6:]))


def escape_hidden(text: str) -> str:
    """JSON in which every character that a terminal does not show as itself is an escape."""
    return "".join(
        character if printable_lines(character) == character else _escape(character)
        for character in text
    )


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def _one_line(text: str) -> str:
    return " ⏎ ".join(line.strip() for line in text.splitlines() if line.strip())


def _is_journal() -> bool:
    """Whether stderr is the stream to the journal, as systemd.exec(5) has it."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(stream.st_dev), str(stream.st_ino))
