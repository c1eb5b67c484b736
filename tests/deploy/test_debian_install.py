"""deploy/README.md, typed word for word on a minimal Debian 12 and 13.

Every command is read from the document. What cannot be had here is put in place of three things: the
project's address leads to this checkout, the example's site is one of the demo's, and what systemd would
start the test starts, as the units say. What was printed is in build/install.
"""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from debian_tree import ROOT, DebianTree, debian_tree, why_not
from documented_commands import blocks
from unit_starter import UnitStarter
from waiting import until

pytestmark = [
    pytest.mark.install,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be tried"),
]

README = ROOT / "deploy" / "README.md"
EXAMPLE_SITE = "https://a-news-site.example/"
EXAMPLE_BACKUP = "warraq-2026-11-01.db"
DATABASE = "var/lib/warraq/warraq.db"
AS_USER = ("setpriv", "--reuid=warraq", "--regid=warraq", "--clear-groups")
ARTICLES = "SELECT url, title, text FROM articles ORDER BY url"


class Server:
    """A tree on which the service is installed, step by step."""

    def __init__(self, tree: DebianTree, units: UnitStarter) -> None:
        self.tree = tree
        self.units = units

    def do(self, heading: str, number: int = 0, *, example: tuple[str, str] = ("", "")) -> str:
        """What the document says under a heading, in its block `number`. `example`: what stands for
        something of the reader's own, and what it is here.
        """
        self.tree.note(heading)
        script = blocks(README, heading)[number]
        assert example[0] in script
        return self.units.run(script.replace(*example) if example[0] else script)

    def status(self) -> dict[str, Any]:
        """As `warraq status --json` prints it; without a service as well."""
        printed = self.tree.run("warraq status --json 2>/dev/null || true")
        # Behind it the shell says what it runs next.
        found: dict[str, Any] = json.JSONDecoder().raw_decode(printed, printed.index("{"))[0]
        return found

    def stored(self) -> list[list[str]]:
        """The articles in the database, which need not be the service's to read."""
        script = (
            "import json, sqlite3; db = sqlite3.connect('/var/lib/warraq/warraq.db'); "
            f"print(json.dumps(db.execute({ARTICLES!r}).fetchall()))"
        )
        done = subprocess.run(
            [*self.tree.enter(), *AS_USER, "python3", "-c", script],
            capture_output=True,
            text=True,
            check=True,
        )
        rows: list[list[str]] = json.loads(done.stdout)
        return rows

    def fetch(self, url: str) -> str:
        """Status and body, or why there is none."""
        script = (
            "import sys, urllib.request\n"
            "try: print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())\n"
            "except OSError as error: print(error)"
        )
        done = subprocess.run(
            [*self.tree.enter(), "python3", "-c", script, url], capture_output=True, text=True
        )
        return done.stdout + done.stderr

    def owners(self) -> set[str]:
        found = self.tree.run("find /var/lib/warraq -printf '%u:%g\\n' | sort -u")
        return set(re.findall(r"\w+:\w+$", found, re.MULTILINE))


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_document_installs_runs_upgrades_restores_and_removes(
    suite: str, tmp_path: Path
) -> None:
    log = ROOT / "build" / "install" / f"{suite}.log"
    with debian_tree(suite, tmp_path, log) as tree:
        tree.serve_repository()
        units = UnitStarter(tree)
        try:
            server = Server(tree, units)
            _installs(server)
            with _demo_site(server) as address:
                _runs(server, address)
                _upgrades(server)
                _restores(server)
            _removes(server)
        finally:
            units.close()


def _installs(server: Server) -> None:
    server.do("Install")
    server.tree.run("du -sm /opt/warraq/.venv; warraq --version; warraq --help > /dev/null")
    assert "pytest" not in server.tree.run("ls /opt/warraq/.venv/lib/python3*/site-packages")
    server.tree.note("Without a contact and a site")
    _refuses(server, "no site is chosen")
    server.tree.run("warraq add sana")
    _refuses(server, "no contact is set")
    server.tree.run("rm /var/lib/warraq/sites/sana.toml")
    refused = server.tree.run("! setpriv --reuid=65534 --clear-groups warraq status")
    assert "sudo warraq" in refused


def _refuses(server: Server, why: str) -> None:
    server.units.start("warraq")
    assert server.units.wait("warraq") == 78
    assert why in server.units.log("warraq")


@contextmanager
def _demo_site(server: Server) -> Iterator[str]:
    """The address of one of the demo's sites, which are served in the tree."""
    server.tree.note("The demo, whose sites stay")
    output = server.tree.folder / "srv/demo.log"
    with output.open("wb") as log:
        demo = subprocess.Popen(
            [*server.tree.enter(), "warraq", "demo", "--keep-serving"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: "Ctrl-C" in output.read_text() or demo.poll() is not None, "the demo")
        server.tree.run("cat /srv/demo.log")
        found = re.search(r"^ +waha +(http://\S+/)$", output.read_text(), re.MULTILINE)
        assert found, output.read_text()
        yield found[1]
    finally:
        demo.send_signal(signal.SIGINT)  # by SIGTERM its workers' sockets would stay in /tmp
        demo.wait()


def _runs(server: Server, address: str) -> None:
    added = server.do(
        "First sites",
        example=(f"add {EXAMPLE_SITE}", f"add --allow-private --name local {address}"),
    )
    assert "written: /var/lib/warraq/sites/local.toml" in added
    assert "written: /var/lib/warraq/sites/sana.toml" in added
    enable, status = blocks(README, "Start")[0].splitlines()
    server.tree.note("Start")
    server.units.run(enable)
    wanted = server.tree.folder / "etc/systemd/system/multi-user.target.wants"
    assert {link.name for link in wanted.glob("warraq*")} == {
        "warraq.service",
        "warraq-browse.service",
    }
    until(lambda: _is_crawled(server), server.units.log("warraq"))
    assert status == "warraq status"
    assert "as process" in server.units.run(status)
    until(lambda: _is_read(server), server.units.log("warraq-browse"))
    server.do("Start", 1)
    server.do("Monitoring")
    until(lambda: '"ok": true' in server.fetch("http://127.0.0.1:9109/healthz"), "/healthz")
    assert 'site="local"' in server.fetch("http://127.0.0.1:9109/metrics")
    server.do("Backup")
    _wait_for_backup(server)
    assert server.owners() == {"warraq:warraq"}


def _is_crawled(server: Server) -> bool:
    sites = server.status()["sites"] if (server.tree.folder / DATABASE).exists() else []
    return any(site["site"] == "local" and site["articles"] > 10 for site in sites)


def _is_read(server: Server) -> bool:
    server.units.restart_failed()
    return "local" in server.fetch("http://127.0.0.1:8001/")


def _wait_for_backup(server: Server) -> None:
    """The service looks for what is due every five minutes, which is longer than others wait."""
    for _ in range(4):
        with suppress(TimeoutError):
            return until(lambda: bool(_backups(server)), "a backup")
    raise TimeoutError(server.units.log("warraq"))


def _backups(server: Server) -> list[Path]:
    return sorted((server.tree.folder / "var/lib/warraq/backups").glob("*.db"))


def _upgrades(server: Server) -> None:
    before = server.stored()
    assert len(before) > 10
    settings = server.tree.folder / "etc/warraq/settings"
    kept = settings.read_text()
    server.tree.add_commit("A later version")
    server.do("Upgrade")
    assert "A later version" in server.tree.run("git -C /opt/warraq log -1 --oneline")
    until(lambda: server.status()["service"]["runs"], server.units.log("warraq"))
    assert server.stored() == before
    assert settings.read_text() == kept


def _restores(server: Server) -> None:
    before = server.stored()
    [backup] = _backups(server)
    server.units.run("systemctl stop warraq warraq-browse")
    (server.tree.folder / DATABASE).write_bytes(b"not a database any more")
    server.do("Restore", example=(EXAMPLE_BACKUP, backup.name))
    until(lambda: server.status()["service"]["runs"], server.units.log("warraq"))
    assert {tuple(row) for row in server.stored()} >= {tuple(row) for row in before}
    assert server.owners() == {"warraq:warraq"}


def _removes(server: Server) -> None:
    server.do("Uninstall")
    assert (server.tree.folder / DATABASE).exists()
    server.do("Uninstall", 1)
    left = server.tree.run(
        "find / -xdev \\( -name '*warraq*' -o -nouser -o -nogroup \\) -not -path '/srv/*' 2>/dev/null"
    )
    assert [line for line in left.splitlines() if line.startswith("/")] == []
