"""`warraq watch`: what is typed, what is answered, and what the next run tells."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from storage_samples import article, article_id

from cli.main import Context
from cli.status import status
from cli.watch import watch
from storage.articles import store
from storage.database import open_database
from storage.watches.channels import FILE, read_channels
from text.timestamps import utc_now


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(watch, words, obj=Context(data))


def keep(data: Path, *samples: int) -> None:
    with open_database(data) as db:
        for sample in samples:
            text = (" ".join(f"كلمة{sample}في{n}" for n in range(60)),)
            store(db, article(sample, paragraphs=text), now=utc_now())


def test_a_new_watch_says_what_it_would_have_found(tmp_path: Path) -> None:
    keep(tmp_path, 1, 2)
    made = run(tmp_path, "add", "library", "المكتبة")
    assert made.exit_code == 0
    assert "library: watches from now on.\n" in made.output
    assert "No service runs here: the watch works while `warraq " in made.output
    assert "watch run` is given, as by cron." in made.output
    assert "In the last 7 days it would have found 2 articles; the corpus has 2" in made.output
    typo = run(tmp_path, "add", "typo", "المكتتتبة")
    assert typo.exit_code == 0
    assert "Nothing in the corpus matches yet" in typo.output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("a b", "x"), "a watch's name is letters"),
        (("a",), "a watch needs a QUERY"),
        (("a", "x", "--since", "yesterday"), "'--since'"),
        (("a", "x", "--language", "Klingonish"), "no language is called"),
        (("a", "x", "--command", ""), "there is no command"),
        (("a", "x", "--command", "'"), "No closing quotation"),
        (("known", "x"), "there is a watch called known already"),
        (("a", "x", "--at-most", "weekly"), "weekly"),
    ],
)
def test_what_is_no_watch(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    assert run(tmp_path, "add", "known", "x").exit_code == 0
    done = run(tmp_path, "add", *words)
    assert done.exit_code == 2
    assert reason in done.output
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("env:WARRAQ_NOTIFY_NONE", "WARRAQ_NOTIFY_NONE is not set"),
        ("nosuch://sesame", "the address is none that Apprise knows"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, address: str, reason: str) -> None:
    pytest.importorskip("apprise")
    done = run(tmp_path, "add", "a", "x", "--notify", address)
    assert done.exit_code == 1
    assert reason in done.output
    assert "sesame" not in done.output


def test_a_run_tells_and_the_next_has_nothing_to_tell(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = f"sh -c 'echo $WARRAQ_WATCH $WARRAQ_ARTICLES >> {told}'"
    run(tmp_path, "add", "library", "المكتبة", "--command", command)
    keep(tmp_path, 1)
    first, second = run(tmp_path, "run"), run(tmp_path, "run")
    assert first.output == "1 new match, 1 article told.\n"
    assert second.output == "0 new matches, 0 articles told.\n"
    assert told.read_text() == f"library {article_id(1)}\n"
    shown = run(tmp_path, "show", "library").output
    assert "1 match\n" in shown
    assert "the command sh …: 1 told" in shown
    assert "افتتاح المكتبة رقم 1" in shown
    listed = run(tmp_path, "list").output
    assert "library" in listed


def test_what_fails_is_in_the_status(tmp_path: Path) -> None:
    run(tmp_path, "add", "library", "المكتبة", "--command", "/bin/false sesame")
    keep(tmp_path, 1)
    done = run(tmp_path, "run")
    assert done.exit_code == 1
    assert "library could not tell, and tries again: ended with 1" in done.output
    shown = CliRunner().invoke(status, [], obj=Context(tmp_path))
    assert "watch library: 1 article not told, 1 attempt failed" in " ".join(shown.output.split())
    data = json.loads(CliRunner().invoke(status, ["--json"], obj=Context(tmp_path)).output)
    assert data["failing_watches"][0]["watch"] == "library"
    assert "sesame" not in run(tmp_path, "list").output + run(tmp_path, "show", "library").output


@pytest.mark.parametrize(("command", "code"), [("/bin/true", 0), ("/bin/false", 1)])
def test_a_test_says_what_happened(tmp_path: Path, command: str, code: int) -> None:
    run(tmp_path, "add", "library", "المكتبة", "--command", command)
    done = run(tmp_path, "test", "library")
    assert done.exit_code == code
    assert done.output == f"the command {command}: {'sent' if not code else 'ended with 1'}\n"


def test_a_removed_watch_leaves_no_way_of_telling(tmp_path: Path) -> None:
    run(tmp_path, "add", "one", "x", "--command", "/bin/true")
    run(tmp_path, "add", "two", "x", "--command", "/bin/false")
    assert run(tmp_path, "remove", "one").output == "removed: one\n"
    assert [channel.target for channel in read_channels(tmp_path).values()] == [("/bin/false",)]
    assert run(tmp_path, "remove", "one").exit_code == 2
    wrong = run(tmp_path, "show", "twoo")
    assert wrong.exit_code == 2
    assert "did you mean two?" in wrong.output
