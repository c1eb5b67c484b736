"""Nothing of a stranger's that moves a cursor or turns text around leaves through any logger."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.log_output import escape_hidden
from text.terminal import _SIGNS, printable_lines

ROOT = Path(__file__).parents[2]
# Joiners belong to Persian words, line feeds and tabs to a traceback; signs of numbers are seen.
ALLOWED = set("\u200c\u200d\n\t" + _SIGNS)
HOSTILE = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    and chr(code) not in ALLOWED
]

# What a process writes when `{set_up}` has set up its output.
PROGRAM = """
import asyncio, logging, sys, threading, unicodedata, warnings
hostile = {hostile}
{set_up}
error = ValueError("quoted " + hostile)
for name in ("", "news", "scrapy.core.engine", "asyncio", "apscheduler.executors"):
    logging.getLogger(name).error("logged %s", hostile)
    try:
        raise error
    except ValueError:
        logging.getLogger(name).exception("caught %s", hostile)
warnings.warn("warned " + hostile)
from twisted.logger import Logger
Logger("twisted.test").failure("failed " + hostile.replace("{{", ""), __import__("twisted").python.failure.Failure(error))

class Falls:
    def __del__(self):
        raise error
Falls()

def fail():
    raise error
thread = threading.Thread(target=fail)
thread.start()
thread.join()

async def main():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0.01)
asyncio.run(main())
raise error
"""
SET_UPS = {
    "scrapy": """
from scrapy.utils.log import configure_logging
configure_logging(dict(LOG_LEVEL="INFO"))
from spiders.log_format import make_log_printable
make_log_printable()
""",
    "text": "from service.log_output import set_up; set_up('text', dict(LOG_LEVEL='INFO'))",
    "json": "from service.log_output import set_up; set_up('json', dict(LOG_LEVEL='INFO'))",
    "worker": """
from pipelines.workers.worker_tasks import set_up_worker
set_up_worker("pipelines.refine.refine", 1 << 30, ())
""",
}


@pytest.mark.parametrize("style", SET_UPS)
def test_all_hidden_characters_through_every_way_out(style: str) -> None:
    code = PROGRAM.format(hostile=ascii("".join(HOSTILE)), set_up=SET_UPS[style])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "always"},
    )
    written = done.stderr.decode("utf-8", "surrogatepass")
    assert done.returncode == 1
    assert written.count("logged ") >= 5
    assert written.count("quoted ") >= 4, "the log, the object, the thread, the end"
    assert sorted(set(written) & set(HOSTILE)) == []


@given(st.text(st.characters() | st.sampled_from(HOSTILE), max_size=60))
def test_lines_stay_lines(text: str) -> None:
    shown = printable_lines(text)
    assert not set(shown) & set(HOSTILE)
    assert shown.count("\n") == text.count("\n")
    assert printable_lines(shown) == shown


@given(st.text(st.characters() | st.sampled_from(HOSTILE), max_size=60))
def test_json_says_all_of_it(text: str) -> None:
    line = escape_hidden(json.dumps({"message": text}, ensure_ascii=False))
    assert not set(line) & set(HOSTILE)
    assert json.loads(line) == {"message": text}
