"""The contact in the User-Agent, by which a site's owner finds the person behind the requests."""

import os
import re
import sys

import click

from text.settings_file import keep_setting, settings_file
from text.terminal import printable

SETTING = "WARRAQ_CONTACT"
NO_CONTACT = "none"  # what the setting says where requests shall name nobody
_MAX_CHARS = 200
_CONTACT = re.compile(r"[^\s()@]+@[^\s()@]+|https?://[^\s()]+")

MISSING_CONTACT = (
    f"no contact is set: the sites that are polled must be able to reach you. Set {SETTING} to a mail "
    f"address or a web page (or to {NO_CONTACT}), or let `warraq add` ask for it"
)


def has_contact() -> bool:
    """Whether the setting names a contact, or says that there is to be none."""
    return bool(os.environ.get(SETTING))


def is_contact(text: str) -> bool:
    """Whether it is a mail address or a web address, in characters that a header can hold."""
    return len(text) <= _MAX_CHARS and text.isascii() and bool(_CONTACT.fullmatch(text))


_QUESTION = """\
Each request says who is asking, so that a site's owner can write to you. Your mail address or a web
page of yours ("none" for nobody)"""


def ask_for_contact() -> None:
    """Ask once, on a terminal, and keep the answer in the file of settings; elsewhere only tell."""
    if has_contact():
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(
            f"no contact is set, and `warraq run` wants one: {SETTING}=you@example.org "
            f"in {printable(str(settings_file()))}",
            err=True,
        )
        return
    answer = click.prompt(_QUESTION, value_proc=_checked, err=True)
    try:
        click.echo(f"kept in {printable(str(keep_setting(SETTING, answer)))}", err=True)
    except OSError as error:
        raise click.ClickException(
            f"cannot write {printable(str(settings_file()))} ({error.strerror}): "
            f"put {SETTING}={answer} there yourself"
        ) from error


def _checked(answer: str) -> str:
    answer = answer.strip()
    if answer == NO_CONTACT or is_contact(answer):
        return answer
    raise click.UsageError("expected a mail address or an http or https address in Latin letters")
