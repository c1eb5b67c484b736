"""How a command ends: whatever stops it is a sentence on standard error and an exit code, no traceback.

| code | |
|---|---|
| 0 | done |
| 1 | something failed, as the sentence says |
| 2 | the command line was not understood |
| 78 | a setting is wrong, or `warraq run` lacks one: trying again is of no use |
| 130 | Ctrl-C |
| 141 | the reader of the output went away, as `head` does |
"""

import errno
import io
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from text.errors import UserFacingError
from text.settings_file import SettingsError
from text.terminal import printable

CONFIGURATION, INTERRUPTED, READER_GONE = 78, 130, 141
_ROOT = Path(__file__).parents[1]


class CommandLineError(click.ClickException):
    """A wrong argument, in one sentence."""

    exit_code = 2


class ConfigurationError(click.ClickException):
    """What is wrong with the settings or missing in them, in one sentence."""

    exit_code = CONFIGURATION


class _ClosedOutput(io.TextIOBase):
    """Standard output where the shell closed it (`>&-`): writing fails, as it does on a full disk."""

    encoding = "utf-8"

    @property
    def buffer(self) -> "_ClosedOutput":
        return self

    def writable(self) -> bool:
        return True

    def write(self, text: object) -> int:
        raise OSError(errno.EBADF, "it is closed")


def run_command(command: click.Command, name: str) -> NoReturn:
    """Run `command` with the arguments of the process, and end the process."""
    _prepare_output()
    code = _guarded(lambda: command.main(prog_name=name, standalone_mode=False))
    if code:  # Told already: where nothing can be written, once is enough.
        with suppress(OSError, ValueError):
            _flush()
    else:
        code = _guarded(_flush)
    # What is still buffered cannot be written: Python would try once more, and complain.
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _prepare_output() -> None:
    r"""What a terminal's encoding does not have is written as `\u0627`, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _guarded(run: Callable[[], object]) -> int:
    """The exit code of `run`; what it raises is told."""
    try:
        result = run()
        return result if isinstance(result, int) else 0
    except SystemExit as end:
        if isinstance(end.code, str):  # `settings.py`, which is imported by name
            return _fail(end.code, CONFIGURATION)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (KeyboardInterrupt, EOFError, click.Abort):
        _tell("Interrupted.")
        return INTERRUPTED
    except click.ClickException as error:
        # With the usage and the hint where the command line was not understood.
        shown = io.StringIO()
        error.show(shown)
        for line in shown.getvalue().splitlines():
            _tell(line)
        return error.exit_code
    except SettingsError as error:
        return _fail(str(error), CONFIGURATION)
    except UserFacingError as error:
        return _fail(str(error))
    except OSError as error:
        return _describe_os_error(error)
    except sqlite3.DatabaseError as error:
        return _fail(f"the database cannot be used: {error}")
    except MemoryError:
        return _fail("there is not enough memory")
    except Exception as error:
        return _describe_fault(error)


def _describe_os_error(error: OSError) -> int:
    if error.errno == errno.EPIPE:
        return READER_GONE
    reason = error.strerror or str(error)
    if error.filename is None:
        return _fail(f"the output cannot be written: {reason}")
    return _fail(f"{os.fsdecode(error.filename)}: {reason}")


def _describe_fault(error: Exception) -> int:
    """A fault of ours: where it is, in a line; the whole of it where the log is that of a developer."""
    if os.environ.get("WARRAQ_LOG_LEVEL") == "DEBUG":
        for line in "".join(traceback.format_exception(error)).splitlines():
            _tell(line)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)] or frames
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
    return _fail(
        f"unexpected {type(error).__name__} at {where}: {str(error)[:200]} "
        "(WARRAQ_LOG_LEVEL=DEBUG shows more)"
    )


def _fail(message: str, code: int = 1) -> int:
    _tell(f"Error: {message}")
    return code


def _tell(sentence: str) -> None:
    with suppress(OSError):
        click.echo(printable(sentence), err=True)
