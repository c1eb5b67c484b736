"""Other ways from addresses to texts, each in processes of its own, timed from outside.

Each takes addresses and a scratch folder, and gives how many texts it wrote.
"""

import configparser
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

_SPIDER = """
import scrapy, trafilatura
from pathlib import Path

class Plain(scrapy.Spider):
    name = "plain"
    custom_settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 16, "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
                       "ROBOTSTXT_OBEY": False}

    async def start(self):
        for url in Path(self.list).read_text().split():
            yield scrapy.Request(url)

    def parse(self, response):
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True,
                                            include_comments=False)
        if found and found.text:
            yield {"url": response.url, "title": found.title, "text": found.text}
"""

_NEWS_PLEASE = """
import json, sys
from pathlib import Path
from newsplease import NewsPlease
urls = Path(sys.argv[1]).read_text().split()
found = NewsPlease.from_urls(urls, request_args={"timeout": 20}, fetch_images=False)
texts = [one.maintext for one in found.values() if getattr(one, "maintext", None)]
Path(sys.argv[2]).write_text(json.dumps(texts))
"""


def scrapy_in_line(urls: Sequence[str], folder: Path) -> int:
    """One process: the loop waits for each extraction."""
    spider, listed, found = folder / "plain.py", _listed(urls, folder), folder / "found.jsonl"
    spider.write_text(_SPIDER)
    found.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if "SCRAPY" not in key}
    options = ["-L", "ERROR", "-o", str(found), "-a", f"list={listed}"]
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), *options]
    subprocess.run(command, check=True, cwd=folder, env=environment)
    return sum(1 for _ in found.open())


def trafilatura_command(urls: Sequence[str], folder: Path) -> int:
    """Its own downloads and its own two processes; loopback has to be allowed in its settings."""
    import trafilatura

    settings = configparser.ConfigParser()
    settings.read(Path(trafilatura.__file__).parent / "settings.cfg")
    settings["DEFAULT"].update({"SSRF_PROTECTION": "off", "SLEEP_TIME": "0"})
    config, out = folder / "trafilatura.cfg", folder / "trafilatura"
    with config.open("w") as file:
        settings.write(file)
    options = ["--parallel", "2", "--no-comments", "--with-metadata", "--json"]
    places = {"--input-file": _listed(urls, folder), "--output-dir": out, "--config-file": config}
    inputs = [str(word) for pair in places.items() for word in pair]
    command = [str(Path(sys.executable).with_name("trafilatura")), *options, *inputs]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(1 for path in out.rglob("*") if path.is_file())


def news_please(urls: Sequence[str], folder: Path, python: Path | None = None) -> int:
    """Its library, with a process for each core; `python` is the one that it is installed for."""
    script, found = folder / "news_please.py", folder / "news_please.json"
    script.write_text(_NEWS_PLEASE)
    command = [str(python or sys.executable), str(script), str(_listed(urls, folder)), str(found)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(json.loads(found.read_text()))


def has_news_please(python: Path | None) -> bool:
    return python is not None or find_spec("newsplease") is not None


def _listed(urls: Sequence[str], folder: Path) -> Path:
    file = folder / "urls.txt"
    file.write_text("\n".join(urls) + "\n")
    return file
