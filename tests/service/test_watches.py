"""What watches tell, by what comes of it: commands that fail, hang and are killed, messages, secrets."""

import json
import os
import signal
import stat
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from sqlite_utils import Database
from storage_samples import article, article_id
from waiting import until

from service import apprise_message
from service.apprise_message import without_secrets
from service.delivery_files import AttemptState, DeliveryFiles
from service.metrics import stored_metrics
from service.watch_messages import LISTED, payload, text_of
from service.watches import WatchDeliveries, WatchRound, has_work, run_until_idle
from storage.articles import store
from storage.database import open_database
from storage.selection import Selection
from storage.takedown.remove import forget
from storage.takedown.targets import of_site
from storage.watches import deliveries
from storage.watches.channels import Channel, add_channels
from storage.watches.matching import find_matches
from storage.watches.rows import NewChannel, add_watch, remove_watch

MADE = "2026-11-01T06:00:00Z"
HOSTILE = "@everyone\r\nBcc: x@evil.example\x1b[2J\u202e<b>$(id)</b>"


class Clock:
    """The time of day, which the tests set."""

    def __init__(self) -> None:
        self.now = "2026-11-01T07:00:00Z"

    def __call__(self) -> str:
        return self.now


class Desk:
    """A database with a watch of everything, and one round after another."""

    def __init__(
        self, folder: Path, *channels: Channel, pace: int = 0, seconds: float = 20
    ) -> None:
        self.folder, self.clock = folder, Clock()
        self.db: Database = open_database(folder / "data")
        keys = add_channels(folder / "data", channels)
        new = [NewChannel(key, own.kind) for key, own in zip(keys, channels, strict=True)]
        add_watch(self.db, "all", Selection(), MADE, pace=pace, channels=new)
        self.watching = WatchDeliveries(folder / "data", seconds=seconds, now=self.clock)

    def store(self, *samples: int, title: str = "خبر", number: int = 0) -> None:
        for sample in samples:
            text = (" ".join(f"كلمة{sample}في{n}" for n in range(60)),)
            made = article(sample, paragraphs=text, title=f"{title} {sample}")
            store(self.db, made, now="2026-11-01T06:30:00Z")

    def run(self) -> list[WatchRound]:
        return run_until_idle(self.db, self.watching, lambda: time.sleep(0.02))

    @property
    def state(self) -> deliveries.ChannelState:
        [state] = deliveries.channel_states(self.db)
        return state

    @property
    def told(self) -> list[str]:
        file = self.folder / "told"
        return file.read_text().split() if file.exists() else []


def script(folder: Path, body: str) -> Channel:
    file = folder / "tell"
    file.write_text(f"#!/bin/sh\ncd '{folder}'\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return Channel("command", (str(file),))


TELL = 'echo $WARRAQ_ARTICLES >> told; cat > "$WARRAQ_DELIVERY.json"'


def test_a_command_is_told_of_each_article_once_and_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(*range(3))
    desk.run()
    desk.store(3)
    desk.run()
    desk.run()
    assert desk.told == [article_id(sample) for sample in range(4)]
    first, second = sorted(tmp_path.glob("*.json"))
    message = json.loads(first.read_text())
    assert message["subject"] == "all: 3 new articles"
    assert [len(json.loads(file.read_text())["articles"]) for file in (first, second)] == [3, 1]
    assert (desk.state.delivered, desk.state.waiting, desk.state.delivery) == (4, 0, None)
    assert list((tmp_path / "data" / "deliveries").glob("*.*")) == []


def test_many_articles_are_several_deliveries(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(*range(120))
    desk.run()
    assert desk.told == [article_id(sample) for sample in range(120)]
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_pace_gathers_what_comes_in_between(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL), pace=3600)
    desk.clock.now = "2026-11-01T06:59:00Z"
    desk.store(1)
    desk.run()
    assert desk.told == []
    desk.clock.now = "2026-11-01T07:00:00Z"
    desk.store(2)
    desk.run()
    desk.store(3)
    desk.run()
    assert desk.told == [article_id(1), article_id(2)]


def test_a_delivery_that_ends_amid_a_round_is_noted_before_all_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(1)
    assert desk.watching.run_round(desk.db).begun == 1
    look = desk.watching.files.state
    until(lambda: bool(desk.told) and desk.watching.files.children() == 0)
    # The first look comes an instant before its end, all others after.
    sights = [AttemptState("running")]
    monkeypatch.setattr(
        desk.watching.files, "state", lambda attempt: sights.pop() if sights else look(attempt)
    )
    rounds = desk.run()
    assert sights == []
    assert sum(done.delivered for done in rounds) == 1
    assert desk.state.waiting == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo 'no \x1b[2Jhost' >&2; exit 3", "ended with 3: no [2Jhost"),
        ("kill -9 $$", "ended with -9"),
        ("sleep 600", "took too long and was killed"),
        ("sleep 600 & wait", "took too long and was killed"),
        ("yes x >&2", "took too long and was killed: "),
    ],
)
def test_a_command_that_fails_is_tried_again_after_a_pause(
    tmp_path: Path, body: str, reason: str
) -> None:
    desk = Desk(tmp_path, script(tmp_path, body), seconds=0.5)
    desk.store(1)
    rounds = desk.run()
    [failed] = [failed for done in rounds for failed in done.failed]
    assert failed[0] == "all"
    assert failed[1].startswith(reason)
    assert len(failed[1]) <= 300
    assert deliveries.failing(desk.db)[0].trouble == failed[1]
    assert (desk.state.attempt, desk.state.waiting) == (2, 1)
    desk.run()
    assert desk.state.attempt == 2
    script(tmp_path, TELL)
    assert not has_work(desk.db, desk.clock.now)
    desk.clock.now = "2026-11-01T07:01:00Z"
    assert has_work(desk.db, desk.clock.now)
    desk.run()
    assert desk.told == [article_id(1)]
    [file] = tmp_path.glob("*.json")
    assert json.loads(file.read_text())["attempt"] == 2
    assert deliveries.failing(desk.db) == []


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Channel("command", (str(tmp_path / "none"), "x")))
    desk.store(1)
    desk.run()
    assert (desk.state.trouble or "").startswith("cannot be run")


def test_a_group_that_took_too_long_is_dead(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, "sleep 600 & echo $! > pid; wait"), seconds=0.5)
    desk.store(1)
    desk.run()
    pid = int((tmp_path / "pid").read_text())
    until(lambda: not _is_alive(pid), "the command's own child is dead")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_one_channel_that_fails_holds_up_no_other(tmp_path: Path) -> None:
    good = script(tmp_path, TELL)
    desk = Desk(tmp_path, Channel("command", ("/bin/false",)), good)
    desk.store(1)
    desk.run()
    assert desk.told == [article_id(1)]


def test_a_delivery_goes_on_when_the_service_is_gone(tmp_path: Path) -> None:
    """Another `WatchDeliveries`, as the next start of the service has, notes how it ended."""
    desk = Desk(tmp_path, script(tmp_path, f"until [ -e go ]; do sleep 0.02; done; {TELL}"))
    desk.store(1)
    assert desk.watching.run_round(desk.db).running == 1
    former, later = desk.watching, WatchDeliveries(tmp_path / "data", now=desk.clock)
    for _ in range(3):
        assert later.run_round(desk.db).running == 1
    (tmp_path / "go").touch()
    desk.watching = later
    desk.run()
    assert desk.told == [article_id(1)]
    assert desk.state.delivered == 1
    assert former.files.children() == 0


def test_what_ended_and_is_not_on_record_is_not_told_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(1)
    desk.watching.run_round(desk.db)
    attempt = f"{desk.state.delivery}.1"
    files = DeliveryFiles(tmp_path / "data")
    until(lambda: files.state(attempt).phase == "ended", "the command has ended")
    former, desk.watching = desk.watching, WatchDeliveries(tmp_path / "data", now=desk.clock)
    desk.run()
    assert desk.told == [article_id(1)]
    assert desk.state.delivered == 1
    until(lambda: former.files.children() == 0, "its process has ended")


def test_a_command_killed_with_its_machine_is_run_again_under_the_same_id(tmp_path: Path) -> None:
    body = 'echo "$WARRAQ_DELIVERY/$WARRAQ_ATTEMPT" >> told; [ $WARRAQ_ATTEMPT = 2 ] || sleep 600'
    desk = Desk(tmp_path, script(tmp_path, body))
    desk.store(1)
    desk.watching.run_round(desk.db)
    until(lambda: bool(desk.told), "the command is at work")
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(tmp_path).encode() in line and entry.name != str(os.getpid()):
            os.kill(int(entry.name), signal.SIGKILL)
    desk.run()
    delivery = desk.told[0].partition("/")[0]
    assert desk.told == [f"{delivery}/1", f"{delivery}/2"]
    assert desk.state.delivered == 1


@pytest.mark.parametrize("has_state", [False, True])
def test_a_command_that_was_never_run_is_run(tmp_path: Path, has_state: bool) -> None:
    """Killed between the transaction and the process, or before the process had begun."""
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(1)
    find_matches(desk.db, desk.clock.now)
    deliveries.begin_delivery(desk.db, desk.state.channel, 10)
    if has_state:
        folder = tmp_path / "data" / "deliveries"
        folder.mkdir()
        (folder / f"{desk.state.delivery}.1.state").touch()
    desk.run()
    assert desk.told == [article_id(1)]
    [file] = tmp_path.glob("*.json")
    assert json.loads(file.read_text())["attempt"] == 1


@pytest.mark.parametrize(
    ("written", "phase", "code"),
    [
        ("", "never", ""),
        ("beg", "lost", ""),
        ("begun\n", "lost", ""),
        ("begun\nended 0", "lost", ""),
        ("begun\nended 0 \n", "ended", "0"),
        ("begun\nended timeout a b\n", "ended", "timeout"),
    ],
)
def test_what_a_state_says(tmp_path: Path, written: str, phase: str, code: str) -> None:
    files = DeliveryFiles(tmp_path)
    files.folder.mkdir()
    (files.folder / "a-1.1.state").write_text(written)
    assert (files.state("a-1.1").phase, files.state("a-1.1").code) == (phase, code)


def test_two_processes_do_not_deliver_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, TELL))
    desk.store(1)
    with desk.watching.files.alone() as alone:
        assert alone
        other = WatchDeliveries(tmp_path / "data", now=desk.clock).run_round(desk.db)
    assert other.busy
    assert other.matches == 1
    desk.run()
    assert desk.told == [article_id(1)]


def test_what_was_taken_out_is_not_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Channel("command", ("/bin/false",)))
    desk.store(1, 2)
    desk.run()
    assert desk.state.waiting == 2
    forget(desk.db, of_site(desk.db, "news"), "asked to", desk.clock.now, compact=False)
    desk.clock.now = "2026-11-01T08:00:00Z"
    desk.run()
    assert (desk.state.waiting, desk.state.delivery, desk.state.trouble) == (0, None, None)


def test_a_watch_that_is_removed_amid_a_delivery_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, script(tmp_path, f"until [ -e go ]; do sleep 0.02; done; {TELL}"))
    desk.store(1)
    desk.watching.run_round(desk.db)
    assert remove_watch(desk.db, "all")
    desk.watching.run_round(desk.db)
    (tmp_path / "go").touch()
    folder = tmp_path / "data" / "deliveries"

    def is_empty() -> bool:
        desk.watching.run_round(desk.db)
        return not list(folder.glob("*.*"))

    until(is_empty, "its files are gone")


def test_hostile_titles_are_plain_words(tmp_path: Path) -> None:
    body = 'env > environment; cat > message; printf "%s\\n" "$@" > words'
    desk = Desk(tmp_path, script(tmp_path, body))
    desk.store(1, title=HOSTILE)
    desk.run()
    assert "evil" not in (tmp_path / "environment").read_text()
    assert (tmp_path / "words").read_text() == "\n"
    message = json.loads((tmp_path / "message").read_text())
    [told] = message["articles"]
    assert told["title"].isprintable()
    text = text_of(message)
    assert "@" not in text
    assert "\r" not in text
    assert "\n" not in message["subject"]


def test_a_message_lists_some_and_counts_the_others(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.store(*range(30))
    rows = list(desk.db.query("SELECT * FROM articles ORDER BY number"))
    text = text_of(payload(desk.db, "all", "", "d-1", 1, rows))
    assert text.count("https://news.example/") == LISTED
    assert "and 10 more" in text


class Hook:
    """A server on loopback that takes messages, where its status says so."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.received.append(json.loads(sent))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server.server_port}/sesame-open"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_apprise_sends_and_a_service_that_is_down_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("apprise")
    hook = Hook()
    monkeypatch.setenv("WARRAQ_NOTIFY_HOOK", hook.address)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    desk = Desk(tmp_path, Channel("apprise", ("env:WARRAQ_NOTIFY_HOOK",)))
    desk.store(1, 2, title=HOSTILE)
    hook.status = 503
    desk.run()
    assert hook.received == []
    assert desk.state.trouble
    assert "sesame" not in desk.state.trouble
    hook.status = 200
    desk.clock.now = "2026-11-01T07:01:00Z"
    desk.run()
    desk.run()
    hook.close()
    [message] = hook.received
    assert message["title"] == "all: 2 new articles"
    assert message["message"].count("https://news.example/") == 2
    assert desk.state.delivered == 2


def test_an_address_in_a_variable_that_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    desk = Desk(tmp_path, Channel("apprise", ("env:WARRAQ_NOTIFY_NONE",)))
    desk.store(1)
    desk.run()
    assert "the environment variable WARRAQ_NOTIFY_NONE is not set" in (desk.state.trouble or "")


def test_without_apprise_the_reason_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apprise.py").write_text("raise ImportError")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    )
    desk = Desk(tmp_path, Channel("apprise", ("json://127.0.0.1:9/",)))
    desk.store(1)
    desk.run()
    assert "pip install 'warraq[watch]'" in (desk.state.trouble or "")


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("mailto://ann:pa55word@mail.example?to=bob@x.example", ("pa55word", "bob@x.example")),
        ("tgram://12345:AAAAA-bbbb/-100200/", ("12345", "AAAAA-bbbb", "100200")),
        ("json://127.0.0.1:9/sesame?+X-Token=open", ("sesame", "open")),
    ],
)
def test_reasons_have_nothing_of_the_address(address: str, secrets: tuple[str, ...]) -> None:
    text = without_secrets(f"it cannot do {address}: {' '.join(secrets)} refused", address)
    assert [secret for secret in secrets if secret in text] == []
    assert text.startswith("it cannot do")
    assert text.endswith("refused")


def test_metrics_have_each_watch(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Channel("command", ("/bin/false",)))
    desk.store(1, 2)
    desk.run()
    found = {
        metric.name: metric.samples[0].value
        for metric in stored_metrics(desk.db)
        if metric.name.startswith("warraq_watch_")
    }
    assert found == {
        "warraq_watch_matches": 2,
        "warraq_watch_delivered_articles": 0,
        "warraq_watch_waiting_articles": 2,
        "warraq_watch_failures_in_a_row": 1,
    }


def test_the_process_of_a_delivery_ignores_a_stop(tmp_path: Path) -> None:
    files = DeliveryFiles(tmp_path)
    files.folder.mkdir()
    body = f"until [ -e {tmp_path}/go ]; do sleep 0.02; done"
    files.start("a.1", ["/bin/sh", "-c", body], {}, 60, {"X": "y"})
    until(lambda: "begun" in (files.folder / "a.1.state").read_text(), "it has begun")
    [process] = files._processes
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGHUP)
    assert files.state("a.1").phase == "running"
    (tmp_path / "go").touch()
    process.wait()
    assert files.state("a.1").code == "0"


def test_a_fault_of_the_library_names_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "tgram://123456789:sesameOpen/42"

    def fail(address: str) -> None:
        raise ValueError(f"cannot reach https://api.example/bot{address.partition('//')[2]}?x")

    monkeypatch.setattr(apprise_message, "_apprise", fail)
    monkeypatch.setenv("WARRAQ_NOTIFY_X", secret)
    for address in (secret, "env:WARRAQ_NOTIFY_X"):
        monkeypatch.setattr("sys.stdin", StringIO(json.dumps({"address": address})))
        with pytest.raises(SystemExit) as stopped:
            apprise_message.main()
        assert "ValueError: cannot reach" in str(stopped.value.code)
        assert "sesameOpen" not in str(stopped.value.code)
