"""Manual pages in man(7) markup, one a command, made of what `--help` says: `python -m cli.man_pages FOLDER`."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

import click

from cli.main import warraq

# A line that begins with one of these is a request to troff.
_REQUEST = re.compile(r"(?m)^(?=[.'])")
# The mark by which click keeps a paragraph's lines.
_KEPT_LINES = "\b\n"
_CODE = re.compile(r"`([^`\n]+)`")


def write_man_pages(folder: Path) -> list[Path]:
    """The files written, `warraq.1` first. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for context in _contexts(click.Context(warraq, info_name="warraq", **warraq.context_settings)):
        file = folder / f"{_page_name(context)}.1"
        file.write_text(man_page(context), "utf-8")
        files.append(file)
    return files


def _contexts(context: click.Context) -> Iterator[click.Context]:
    """Of a command and of all below it."""
    yield context
    for name, command in _subcommands(context):
        yield from _contexts(click.Context(command, info_name=name, parent=context))


def _subcommands(context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            if command := context.command.get_command(context, name):
                yield name, command


def _page_name(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def man_page(context: click.Context) -> str:
    """The page of one command."""
    command, name = context.command, _page_name(context)
    summary = command.get_short_help_str(limit=200)
    lines = [
        f'.TH "{name.upper()}" "1" "" "Warraq {version("warraq")}" "Warraq"',
        *(".SH NAME", rf"{_escaped(name)} \- {_escaped(summary.rstrip('.'))}"),
        *(".SH SYNOPSIS", rf"\fB{_escaped(context.command_path)}\fP"),
        _escaped(" ".join(command.collect_usage_pieces(context))),
        *(".SH DESCRIPTION", *_paragraphs(command.help or "")),
        *(".SH OPTIONS", *_options(context)),
        *_commands(context),
        *_paragraphs(command.epilog or "", heading=".SH NOTES"),
    ]
    return "\n".join(lines) + "\n"


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        names, text = parameter.get_help_record(context) or ("", "")
        if text:
            yield from (".TP", rf"\fB{_escaped(names)}\fP", _marked(text))


def _commands(context: click.Context) -> Iterator[str]:
    below = list(_subcommands(context))
    if below:
        yield ".SH COMMANDS"
    for name, command in below:
        page = _escaped(f"{_page_name(context)}-{name}")
        yield from (".TP", rf"\fB{page}\fP(1)")
        yield _marked(command.get_short_help_str(limit=200))


def _paragraphs(text: str, heading: str = "") -> Iterator[str]:
    """Filled, but for those that click keeps as they are."""
    for number, paragraph in enumerate(filter(None, cleandoc(text).split("\n\n"))):
        yield heading if heading and not number else ".PP"
        if paragraph.startswith(_KEPT_LINES):
            yield from (".nf", _marked(paragraph.removeprefix(_KEPT_LINES)), ".fi")
        else:
            yield _marked(paragraph.replace("\n", " "))


def _marked(text: str) -> str:
    return _CODE.sub(r"\\fB\1\\fP", _escaped(text))


def _escaped(text: str) -> str:
    r"""What troff prints as `text`: a `-` alone may become a hyphen, which no shell takes for one."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return _REQUEST.sub(r"\\&", text)


if __name__ == "__main__":
    write_man_pages(Path(sys.argv[1]))
