"""TLS between the machines of a cluster, as deploy/cluster.md sets it up."""

import asyncio
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from waiting import PATIENCE

from benchmarks.data.cluster_farm import Farm
from items import Article, Page, Site
from pipelines.workers.cluster.refiner import ClusterRefiner

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here"),
]

PAGE = Page("https://a.example/1", "https://a.example/1", b"<p>text</p>", "2026-11-01T06:00:00Z")


def openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


def certificates(folder: Path, name: str) -> dict[str, str]:
    """An authority of its own and a certificate by it, as Dask's settings."""
    folder.mkdir()
    kind = "-newkey rsa:2048 -nodes"
    openssl(folder, f"req -x509 {kind} -days 2 -subj /CN={name} -keyout ca.key -out ca.pem")
    openssl(folder, f"req {kind} -subj /CN=warraq -keyout it.key -out it.csr")
    made = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
    openssl(folder, f"x509 -req -in it.csr {made} -out it.pem")
    sides = ("scheduler", "worker", "client")
    pair = {"cert": str(folder / "it.pem"), "key": str(folder / "it.key")}
    files = {f"{side}.{part}": file for side in sides for part, file in pair.items()}
    return {
        f"distributed.comm.tls.{name}": file
        for name, file in {"ca-file": str(folder / "ca.pem"), **files}.items()
    }


def as_environment(settings: dict[str, str]) -> dict[str, str]:
    return {
        "DASK_" + name.upper().replace(".", "__").replace("-", "_"): value
        for name, value in settings.items()
    }


def refined(refiner: ClusterRefiner) -> object:
    async def refine() -> object:
        return await asyncio.wait_for(refiner.refine(PAGE, Site("a")), PATIENCE)

    return asyncio.run(refine())


def test_who_has_no_certificate_of_the_authority_is_kept_out(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the cluster's engine is not installed")
    import dask

    ours, theirs = certificates(tmp_path / "ours", "one"), certificates(tmp_path / "theirs", "two")
    support = str(Path(__file__).parents[1] / "support")
    environment = {"PYTHONPATH": support, "WARRAQ_REFINE": "fake_refine.refine"}
    with Farm(tmp_path, "tls", **as_environment(ours), **environment) as farm:
        farm.start_scheduler()
        farm.start_worker()
        with dask.config.set(ours):
            refiner = ClusterRefiner(farm.address)
            assert isinstance(refined(refiner), Article)
            refiner.close()
        with dask.config.set(theirs):
            stranger = ClusterRefiner(farm.address)
            thread = threading.Thread(target=_ignored, args=[stranger])
            thread.start()
            assert not stranger.report()["answers"]
            thread.join(3)
            assert not stranger.report()["answers"]
            assert thread.is_alive()
            stranger.close()
            thread.join()


def _ignored(refiner: ClusterRefiner) -> None:
    with suppress(asyncio.CancelledError):
        refined(refiner)
