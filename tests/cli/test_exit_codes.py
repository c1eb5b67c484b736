"""However a command ends: a sentence and an exit code, never a traceback."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.exit_codes import INTERRUPTED, READER_GONE, _guarded
from cli.main import COMMANDS, warraq

ROOT = Path(__file__).parents[2]


def raiser(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), INTERRUPTED, "Interrupted."),
        (click.Abort(), INTERRUPTED, "Interrupted."),
        (BrokenPipeError(errno.EPIPE, "gone"), READER_GONE, ""),
        (
            OSError(errno.ENOSPC, "No space left"),
            1,
            "Error: the output cannot be written: No space",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a\x1b[1m"),
            1,
            "Error: a[1m: Permission",
        ),
        (
            sqlite3.OperationalError("\x9b no such table"),
            1,
            "Error: the database cannot be used:  no",
        ),
        (MemoryError(), 1, "Error: there is not enough memory"),
        (click.ClickException("\x1b[31m\u202ename"), 1, "Error: name"),
        (click.UsageError("what?"), 2, "Error: what?"),
        (TypeError("\x1b]0;x\x07"), 1, "Error: unexpected TypeError at test_exit_codes.py"),
        (SystemExit(3), 3, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_ends_a_command_is_a_sentence(
    error: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _guarded(lambda: raiser(error)) == code
    told = capsys.readouterr().err
    assert " ".join(told.split()).startswith(" ".join(sentence.split()))
    assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(told)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chekc"], "No such command 'chekc'. (did you mean check?)"),
        (["STATUS"], "(did you mean status?)"),
        (["xyzzy"], "No such command 'xyzzy'."),
        (
            ["worker", "foo://x"],
            "foo:// is no address of a scheduler: it begins with one of tls, tcp",
        ),
        (["worker", "http://10.0.0.1:8786"], "http:// is no address of a scheduler"),
        (["worker", "10.0.0.1"], "'10.0.0.1' needs a host and a port"),
        (["worker", "tls://10.0.0.1:87860"], "needs a host and a port"),
        (["worker", "tcp://:\u0661"], "needs a host and a port"),
        (["worker", ""], "needs a host and a port"),
    ],
)
def test_what_is_wrong_with_a_word_is_said_at_once(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    assert _guarded(lambda: warraq.main(words, prog_name="warraq", standalone_mode=False)) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_what_cannot_be_printed_is_told(command: str, redirection: str) -> None:
    line = f"{sys.executable} -m cli {command} --help {redirection}"
    # As a shell has it: what is printed waits in a buffer.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the output cannot be written")
    assert len(done.stderr.splitlines()) == 1
