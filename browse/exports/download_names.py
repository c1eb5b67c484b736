"""What a download is called, and the links and the command on the page that offers it."""

import shlex
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment

from browse.hooks import hookimpl
from browse.template_filters import inert
from browse.translation import gettext as _
from storage.formats.file_formats import FORMATS, FileFormat
from storage.selection import Selection, SelectionError, parameters, selection_from

_MAX_STEM_CHARS = 60
# The options of `warraq export`, by the parameters of an address.
_OPTIONS = {
    "q": "search",
    "site": "site",
    "language": "language",
    "section": "section",
    "agency": "agency",
    "author": "author",
    "since": "since",
    "until": "until",
}


def file_stem(selection: Selection) -> str:
    """`warraq-السد-waha`: letters and digits of what is selected, in any script."""
    words = " ".join(value for _, value in parameters(selection))[: _MAX_STEM_CHARS * 4]
    plain = "".join(
        letter if letter.isalnum() else "-"
        for letter in unicodedata.normalize("NFC", words)
        if not unicodedata.combining(letter)
    )
    return "-".join(filter(None, ["warraq", *plain.split("-")]))[:_MAX_STEM_CHARS].rstrip("-")


def content_disposition(name: str) -> str:
    """RFC 6266: the name in ASCII for old programs, and as it is. `name` is of letters, digits, `-._`."""
    ascii_name = "".join(letter if letter.isascii() else "-" for letter in name)
    stem, dot, ending = ascii_name.partition(".")
    plain = ("-".join(filter(None, stem.split("-"))) or "warraq") + dot + ending
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A line of the list of downloads. `lacks`: the sentence what to install, if it cannot be made."""

    title: str
    ending: str
    path: str
    purpose: str
    lacks: str = ""


def offered_files(query_string: str) -> list[OfferedFile]:
    """The formats in which the selection of a page's address can be had."""
    query = _query(query_string)
    return [
        OfferedFile(
            _title(entry),
            entry.endings[0],
            f"/search{entry.endings[0]}{query}",
            purpose(entry),
            _lacks(entry),
        )
        for entry in FORMATS.values()
        if not entry.needs_archive
    ]


def _title(entry: FileFormat) -> str:
    """Most are names, the same in every language."""
    return {"txt": _("Text files"), "jsonl": _("JSON lines")}.get(entry.name, entry.title)


def purpose(entry: FileFormat) -> str:
    """For what the format is, in the reader's language."""
    return {
        "csv": _("for spreadsheets, R and pandas"),
        "xlsx": _("for Excel and LibreOffice, with dates and numbers as such"),
        "jsonl": _("for programs: all fields; can be imported again"),
        "parquet": _("for pandas, DuckDB and Spark: small and typed"),
        "txt": _("for corpus tools such as AntConc: a file for each story"),
        "md": _("for reading and for notes, with headings, lists and tables"),
        "tei": _("for digital humanities: text with its structure and sources"),
        "hf": _("for machine learning: a Hugging Face data set with its card"),
        "bib": _("for citing in LaTeX and JabRef"),
        "ris": _("for citing in Zotero, EndNote and Mendeley"),
    }.get(entry.name, entry.purpose)


def _lacks(entry: FileFormat) -> str:
    if not entry.needs or find_spec(entry.needs):
        return ""
    return _("Not installed here: %(command)s") % {"command": "pip install 'warraq[parquet]'"}


def feed_links(query_string: str) -> list[tuple[str, str, str]]:
    """Title, media type and path of the feeds of a page's selection."""
    query = _query(query_string)
    return [
        ("Atom", "application/atom+xml", f"/search.atom{query}"),
        ("JSON Feed", "application/feed+json", f"/search.feed.json{query}"),
    ]


def _query(query_string: str) -> str:
    query = urlencode(parameters(_selection(query_string)))
    return f"?{query}" if query else ""


def _selection(query_string: str) -> Selection:
    try:
        return selection_from(parse_qsl(query_string))
    except SelectionError:
        return Selection()


def export_command(query_string: str, ending: str = ".csv") -> str:
    """The command that writes the same selection, quoted for a POSIX shell."""
    selection = _selection(query_string)
    return shlex.join([*_words(selection), f"{file_stem(selection)}{ending}"])


def _words(selection: Selection) -> Iterable[str]:
    yield from ("warraq", "export")
    # `--search=-word`: an option's value may begin with a hyphen.
    for name, value in parameters(selection):
        # Pasted into a terminal: no line break, and nothing that it would obey.
        plain = inert(" ".join(value.split()))
        yield f"--without-{plain}" if name == "without" else f"--{_OPTIONS[name]}={plain}"


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.globals |= {
        "offered_files": offered_files,
        "feed_links": feed_links,
        "export_command": export_command,
    }
