from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.extract import extract
from pipelines.workers.pool import LocalRefiner


def test_a_hostile_file_is_given_up_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in its own way takes the worker that refines it along."""
    monkeypatch.setattr(
        "pipelines.workers.pool.LocalRefiner",
        partial(LocalRefiner, seconds=2, function="fake_refine.refine"),
    )
    pages = {
        "a": "<p>first</p>",
        "b": "misbehave:hang",
        "c": "misbehave:exit",
        "d": "misbehave:memory",
        "e": "<p>last</p>",
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text)
    result = CliRunner().invoke(extract, [str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.split() == ["first", "last"]
    failures = [line.split(": ")[:2] for line in result.stderr.splitlines() if ".html: " in line]
    assert failures == [
        [str(tmp_path / "b.html"), "timeout"],
        [str(tmp_path / "c.html"), "crashed"],
        [str(tmp_path / "d.html"), "memory"],
    ]
