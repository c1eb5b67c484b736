"""The commands that a document of ours tells its reader to type: what is tested is the document."""

from pathlib import Path

INDENT = "    "


def blocks(document: Path, heading: str) -> list[str]:
    """The indented code under `## heading`, a string for each block. Raises ValueError."""
    _, found, rest = document.read_text("utf-8").partition(f"\n## {heading}\n")
    if not found:
        raise ValueError(f"{document.name} has no heading {heading!r}")
    section = rest.partition("\n## ")[0]
    scripts = []
    for paragraph in section.split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if lines and all(line.startswith(INDENT) for line in lines):
            scripts.append("\n".join(line.removeprefix(INDENT) for line in lines))
    return scripts
