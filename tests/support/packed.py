"""Warraq packed as its readers get it: the files that git has, a source archive, and a wheel made of that."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BUILD = (
    "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
)


def tracked() -> list[str]:
    """The checkout's files, without what is not committed and not to be. Raises CalledProcessError."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    ).stdout.decode()
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def pack(folder: Path) -> tuple[Path, Path]:
    """Paths of the source archive and of the wheel, which is made of nothing but the archive."""
    checkout = folder / "checkout"
    for name in tracked():
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    source = _build("build_sdist", checkout, folder / "dist")
    with tarfile.open(source) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    [unpacked] = (folder / "unpacked").iterdir()
    return source, _build("build_wheel", unpacked, folder / "dist")


def _build(hook: str, folder: Path, into: Path) -> Path:
    into.mkdir(exist_ok=True)
    before = set(into.iterdir())
    # The interface of PEP 517, in the folder that it asks for.
    subprocess.run(
        [sys.executable, "-c", _BUILD, hook, into], cwd=folder, check=True, capture_output=True
    )
    [made] = set(into.iterdir()) - before
    return made
