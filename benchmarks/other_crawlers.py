"""Other crawlers, each from addresses to the number of texts, in processes of its own."""

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
        document = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True,
                                               include_comments=False)
        if document and document.text:
            yield {"url": response.url, "title": document.title, "text": document.text}
"""

_NEWS_PLEASE = """
import json, sys
from pathlib import Path
from newsplease import NewsPlease
urls = Path(sys.argv[1]).read_text().split()
articles = NewsPlease.from_urls(urls, request_args={"timeout": 20}, fetch_images=False)
texts = [article.maintext for article in articles.values() if getattr(article, "maintext", None)]
Path(sys.argv[2]).write_text(json.dumps(texts))
"""


def scrapy_in_line(urls: Sequence[str], folder: Path) -> int:
    """A single process, whose loop waits for every extraction."""
    spider, url_list, output = (
        folder / "plain.py",
        _write_urls(urls, folder),
        folder / "found.jsonl",
    )
    spider.write_text(_SPIDER)
    output.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if "SCRAPY" not in key}
    options = ["-L", "ERROR", "-o", str(output), "-a", f"list={url_list}"]
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), *options]
    subprocess.run(command, check=True, cwd=folder, env=environment)
    return sum(1 for _ in output.open())


def trafilatura_command(urls: Sequence[str], folder: Path) -> int:
    """Downloads with two processes of its own; its settings must allow loopback."""
    import trafilatura

    settings = configparser.ConfigParser()
    settings.read(Path(trafilatura.__file__).parent / "settings.cfg")
    settings["DEFAULT"].update({"SSRF_PROTECTION": "off", "SLEEP_TIME": "0"})
    config, out = folder / "trafilatura.cfg", folder / "trafilatura"
    with config.open("w") as file:
        settings.write(file)
    options = ["--parallel", "2", "--no-comments", "--with-metadata", "--json"]
    paths = {
        "--input-file": _write_urls(urls, folder),
        "--output-dir": out,
        "--config-file": config,
    }
    inputs = [str(word) for pair in paths.items() for word in pair]
    command = [str(Path(sys.executable).with_name("trafilatura")), *options, *inputs]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(1 for path in out.rglob("*") if path.is_file())


def news_please(urls: Sequence[str], folder: Path, python: Path | None = None) -> int:
    """The library, with a process per core; `python` is the interpreter that has it installed."""
    script, output = folder / "news_please.py", folder / "news_please.json"
    script.write_text(_NEWS_PLEASE)
    command = [
        str(python or sys.executable),
        str(script),
        str(_write_urls(urls, folder)),
        str(output),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(json.loads(output.read_text()))


def has_news_please(python: Path | None) -> bool:
    return python is not None or find_spec("newsplease") is not None


def _write_urls(urls: Sequence[str], folder: Path) -> Path:
    file = folder / "urls.txt"
    file.write_text("\n".join(urls) + "\n")
    return file
