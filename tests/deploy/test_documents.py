"""What deploy/ says in one file agrees with its other files; what it tells to type is tried by
`make test-install`.
"""

import json
import re
from pathlib import Path

import pytest
from documented_commands import blocks

from text.setting_names import SETTINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
README = DEPLOY / "README.md"
MAKEFILE = (DEPLOY.parent / "Makefile").read_text()


def test_a_document_s_commands_are_its_indented_blocks(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text("# X\n\n## One\n\n    a\n    b\n\ntext\n\n    c\n\n## Two\n\n    d\n")
    assert blocks(document, "One") == ["a\nb", "c"]
    with pytest.raises(ValueError, match="no heading 'Three'"):
        blocks(document, "Three")


def test_make_targets_that_the_document_names_are_there() -> None:
    named = re.findall(r"(?:`|    )make (?:-C \S+ )?([a-z]+)", README.read_text())
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {"install", "service"} <= set(named) <= targets


@pytest.mark.parametrize("unit", ["warraq", "warraq-browse"])
def test_units_and_command_are_on_one_corpus_and_settings(unit: str) -> None:
    [line] = re.findall(r"^Environment=(.+)$", (DEPLOY / f"{unit}.service").read_text(), re.M)
    command = (DEPLOY / "warraq").read_text()
    for pair in line.split():
        name, _, value = pair.partition("=")
        assert f'export {name}="${{{name}:-{value}}}"' in command
        assert value in MAKEFILE


def test_the_scraped_job_is_the_one_that_the_alerts_name() -> None:
    [job] = re.findall(r"job_name: (\w+)", "\n".join(blocks(README, "Monitoring")))
    alerts = (DEPLOY / "monitoring/alerts.yml").read_text()
    assert set(re.findall(r'job="(\w+)"', alerts)) == {job}
    json.loads((DEPLOY / "monitoring/grafana.json").read_text())


def test_the_container_s_check_asks_where_its_service_listens() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    [listens] = re.findall(r"WARRAQ_METRICS=(\S+)", text)
    assert f"http://{listens}/healthz" in text
    assert set(re.findall(r"WARRAQ_\w+", text)) <= SETTINGS
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["${BASE}"] * 2


def test_the_container_s_reader_is_open_to_its_machine_alone() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    services = text.partition("\n  reader:\n")
    command = json.loads(re.findall(r"^    command: (\[.*\])$", services[2], re.M)[0])
    ports = json.loads(re.findall(r"^    ports: (\[.*\])$", services[2], re.M)[0])
    assert command[1:4:2] == ["--host", "--port"]
    assert (command[2], ports) == ("0.0.0.0", [f"127.0.0.1:{command[4]}:{command[4]}"])
    assert f"http://127.0.0.1:{command[4]}/" in services[2]
    assert "ports:" not in services[0]
    assert text.count('volumes: ["corpus:/data"]') == 2
    assert set(re.findall(r"WARRAQ_\w+", text)) <= SETTINGS
