"""How this machine reaches package indexes, for the environments and trees that tests install into."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# What pip is told on this machine, and may be told elsewhere as well: no local folders, no constraints.
_PIP = ("index-url", "extra-index-url", "proxy", "trusted-host", "default-timeout", "retries")
_CERTIFICATES = "/srv/machine-certificates.pem"


def apt_mirror() -> str:
    """The first archive of Debian in apt's sources; empty: none."""
    sources = (path for path in sorted(Path("/etc/apt").glob("sources.list*")))
    files = [f for s in sources for f in ([s] if s.is_file() else sorted(s.iterdir()))]
    for file in files:
        if found := re.search(
            r"^(?:URIs:|deb)\s[^#\n]*?(\w+://\S+/debian)/?\s",
            file.read_text(errors="replace"),
            re.MULTILINE,
        ):
            return found[1]
    return ""


def apt_configuration() -> str:
    """Proxies, and whether the dates of an archive's indexes count."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
    lines = re.findall(r"^Acquire::.*(?:Proxy|Check-|Retries).*$", dump.stdout, re.MULTILINE)
    return "".join(f"{line}\n" for line in lines)


def pip_environment() -> dict[str, str]:
    """Variables for pip, without its certificates."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^[^\n]*\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    found["extra-index-url"] = " ".join(
        url for url in found.get("extra-index-url", "").split() if not url.startswith("file:")
    )
    return {
        f"PIP_{name.replace('-', '_').upper()}": found[name] for name in _PIP if found.get(name)
    }


def give_network(tree: Path) -> dict[str, str]:
    """Let a tree resolve names and trust the indexes as this machine does. Returns variables for it."""
    shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
    (tree / "etc/apt/apt.conf.d/99machine").write_text(apt_configuration())
    environment = pip_environment()
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    if certificates:
        shutil.copy(certificates, tree / _CERTIFICATES.lstrip("/"))
        environment |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), _CERTIFICATES)
    return environment
