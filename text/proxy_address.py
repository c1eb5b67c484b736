"""The address of a proxy, as a setting or a site's file has it."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from text.environment_values import environment_value, variable_in

SCHEMES = ("http", "https", "socks5", "socks5h")
EXPECTED = "scheme://host:port of an http, https or socks5 proxy, such as socks5://10.0.0.1:1080"
NO_PROXY = "none"
# `http://env:NAME@host:port`: the variable has `user:password`.
_LOGIN = re.compile(r"(?P<scheme>\w+)://(?P<login>env:[A-Za-z_]\w*)@(?P<place>[^@/]+)/?")
# RFC 1929: the length of each is one byte.
_MAX_LOGIN_BYTES = 255


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """`str()` has neither user nor password, for messages."""

    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks5")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_proxy(text: str) -> ProxyAddress | None:
    """None for none, an empty text or `none`. Raises ValueError, MissingVariable among them, whose message
    has nothing of the text.
    """
    text = environment_value(text.strip())
    if text.lower() in ("", NO_PROXY):
        return None
    login = ""
    if reference := _LOGIN.fullmatch(text):
        login = environment_value(reference["login"])
        text = f"{reference['scheme']}://{reference['place']}"
    return _proxy_of(text, login)


def check_proxy(text: str) -> str:
    """`text`, if it is well-formed, whatever the environment has. Raises ValueError."""
    if variable_in(text) is None and text != NO_PROXY:
        reference = _LOGIN.fullmatch(text)
        _proxy_of(f"{reference['scheme']}://{reference['place']}" if reference else text, "")
    return text


def _proxy_of(text: str, login: str) -> ProxyAddress:
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise ValueError(EXPECTED) from None
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment)
    if parts.scheme not in SCHEMES or not host or not port or not is_bare:
        raise ValueError(EXPECTED)
    user, _, password = login.partition(":")
    if not login:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if any(len(part.encode("utf-8", "replace")) > _MAX_LOGIN_BYTES for part in (user, password)):
        raise ValueError(f"user and password of {_MAX_LOGIN_BYTES} bytes at most")
    return ProxyAddress(parts.scheme, host, port, user, password)
