"""`/metrics` and `/healthz`: what they tell, whom they cannot hold up, and a real Prometheus's scrape."""

import json
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon import HOLDING, Daemon, stored
from prometheus_client.parser import text_string_to_metric_families
from waiting import until
from web_server import Web, publish

from service.metrics import ServiceMetrics
from service.metrics_server import MetricsServer, parse_address
from storage.database import open_database
from text.settings_file import SettingsError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9109", ("127.0.0.1", 9109)),
        ("9109", ("127.0.0.1", 9109)),
        ("[::1]:0", ("::1", 0)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "x", "localhost:", "127.0.0.1:65536", "1:٩", ":-1", "9" * 9000]
)
def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(SettingsError, match="WARRAQ_METRICS: expected host:port"):
        parse_address(text)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MetricsServer]:
    open_database(tmp_path).conn.close()
    server = MetricsServer(
        ServiceMetrics(tmp_path, lambda: {"sites": 3.0}),
        lambda: {"ok": not (tmp_path / "full").exists(), "held": ""},
    )
    server.use("127.0.0.1:0")
    yield server
    server.close()


def get(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def values(text: str) -> dict[str, float]:
    """By name and labels' values."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_is_a_status_code(server: MetricsServer, tmp_path: Path) -> None:
    assert get(server.listens_at, "/healthz")[0] == 200
    (tmp_path / "full").touch()
    code, text = get(server.listens_at, "/healthz")
    assert code == 503
    assert json.loads(text)["ok"] is False


def test_an_empty_database_has_metrics(server: MetricsServer) -> None:
    code, text = get(server.listens_at, "/metrics")
    assert code == 200
    found = values(text)
    assert found["warraq_sites"] == 3
    assert found["warraq_database_readable"] == 1
    assert get(server.listens_at, "/")[0] == 404


def test_a_database_that_is_gone_is_told_and_no_error(
    server: MetricsServer, tmp_path: Path
) -> None:
    (tmp_path / "warraq.db").unlink()
    found = values(get(server.listens_at, "/metrics")[1])
    assert found["warraq_database_readable"] == 0
    assert found["warraq_database_bytes"] == 0


def test_who_holds_connections_holds_up_nobody(server: MetricsServer) -> None:
    host, port = server.listens_at.rsplit(":", 1)
    held = [socket.create_connection((host, int(port))) for _ in range(50)]
    try:
        assert get(server.listens_at, "/healthz")[0] == 200
    finally:
        for connection in held:
            connection.close()


def test_an_address_in_use_is_told(server: MetricsServer, caplog: pytest.LogCaptureFixture) -> None:
    other = MetricsServer(ServiceMetrics(Path(), dict), lambda: {"ok": True})
    other.use(server.listens_at)
    assert other.listens_at == ""
    assert "no metrics at 127.0.0.1" in caplog.text


@pytest.mark.slow
def test_the_service_is_watched(tmp_path: Path, web: Web) -> None:
    publish(web, range(3))
    port = _free_port()
    daemon = Daemon(tmp_path, WARRAQ_METRICS=f"127.0.0.1:{port}")
    daemon.site(
        "news",
        f'homepage = "{web.url}/"\nfeeds = ["/feed"]\nallow_private = true\ndelay = 0\nevery = 0.02\n',
    )
    try:
        daemon.start(program=HOLDING)
        until(lambda: stored(daemon) == 3, "the articles are stored")
        address = f"127.0.0.1:{port}"
        found = values(get(address, "/metrics")[1])
        assert found["warraq_sites"] == 1
        assert found["warraq_site_suspect news"] == 0
        assert found["warraq_loop_lag_seconds_count"] > 0
        assert get(address, "/healthz")[0] == 200
        _scraped_by_prometheus(tmp_path / "prometheus", port)
        assert daemon.process
        daemon.process.send_signal(signal.SIGUSR1)  # the loop hangs
        assert get(address, "/metrics")[0] == 200
    finally:
        (daemon.folder / "let_go").touch()
        daemon.close()


def _scraped_by_prometheus(folder: Path, port: int) -> None:
    """Where there is one: its own check of the text, and its own scrape."""
    promtool, prometheus = shutil.which("promtool"), shutil.which("prometheus")
    if not (promtool and prometheus):
        return
    text = get(f"127.0.0.1:{port}", "/metrics")[1]
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=text, text=True, capture_output=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    folder.mkdir()
    rules = Path(__file__).parents[2] / "deploy" / "monitoring" / "alerts.yml"
    subprocess.run([promtool, "check", "rules", str(rules)], check=True, capture_output=True)
    own = _free_port()
    (folder / "prometheus.yml").write_text(
        f"scrape_configs:\n- job_name: warraq\n  scrape_interval: 1s\n"
        f"  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\nrule_files: ['{rules}']\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                prometheus,
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{own}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        query = "/api/v1/query?query=warraq_sites"
        until(lambda: _result(own, query) == "1", "Prometheus has the metric")
    finally:
        process.terminate()
        process.wait()


def _result(port: int, query: str) -> str:
    try:
        found = json.loads(get(f"127.0.0.1:{port}", query)[1])["data"]["result"]
    except (OSError, ValueError, KeyError):
        return ""
    return str(found[0]["value"][1]) if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
