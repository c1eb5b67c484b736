"""From a page's bytes to text, whatever the page says of its encoding, names misspelt too."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from text.charset_score import DecodingScore, score_decoding

# Codecs that decode text (Python's list also has hex, zlib, rot13, unicode_escape, …).
_TEXT_CODEC = re.compile(
    r"utf-(?:8|16|32)(?:-[bl]e)?|cp(?:125\d|866|874|932|949)|iso8859-\d+|koi8-[rut]|"
    r"gb18030|big5(?:hkscs)?|euc_(?:j\w+|kr)|iso2022_(?:jp|kr)|mac-\w+"
)
_MISSPELT = (
    (re.compile(r"125(\d)"), "cp125{}"),
    (re.compile(r"8859\D{0,2}(1[0-6]|\d)"), "iso-8859-{}"),
    (re.compile(r"utf\D{0,2}(8)"), "utf-{}"),
    (re.compile(r"koi8?\D{0,2}([ru])"), "koi8-{}"),
    (re.compile(r"(gb)"), "gb18030"),
    (re.compile(r"(arab|asmo)"), "cp1256"),
)


def codec_of(label: str) -> str | None:
    """Python's codec for an encoding's name as browsers take it, misspelt or not."""
    label = label.strip(" \t\"';").lower()[:40]
    known = _codec(label)
    if known:
        return known
    for pattern, name in _MISSPELT:
        if match := pattern.search(label):
            return _codec(name.format(match[1]))
    return None


def _codec(label: str) -> str | None:
    name = resolve_encoding(label) if label.isascii() else None
    return name if name and _TEXT_CODEC.fullmatch(name) else None


_SCRIPTS = re.compile(
    rb"<(script|style)\b.*?(?:</\1|$)|<!--.*?(?:-->|$)", re.IGNORECASE | re.DOTALL
)
_LABEL = re.compile(
    rb"<meta(?:\s+http-equiv=[^>]{0,100}?)?\s[^>=]{0,30}charset\s*=\s*[\"']?\s*([\w.:-]{2,30})",
    re.IGNORECASE,
)
_RUNS = re.compile(rb"[A-Za-z\x80-\xff]+")
_SAMPLE = 12_000
# All C0 controls but tab, line feed, form feed, carriage return, and ESC (ISO-2022-JP needs it).
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27})

_MANY_BYTES = re.compile(r"gb18030|big5|euc_|cp9(?:32|49)|iso2022")
_CANDIDATES = (
    "cp1252", "cp1256", "cp1251", "koi8-u", "cp1253", "cp1255", "cp1254", "cp1250",
    "iso8859-6", "iso8859-5", "iso8859-7", "iso8859-8", "iso8859-2",
)  # fmt: skip
# Of the sample's beginning and middle, the bytes that are read with all candidates, and how far
# behind the best one is out: of 1 346 pages none is decoded worse.
_GLANCE, _FAR = 300, 0.3
_TRUST = 0.12  # what a declaration weighs against legibility
_READABLE = 0.5


def decode(body: bytes, declared: str | None) -> str:
    """`body` as text without NULs. `declared` is the charset of the HTTP header, if any.

    A byte order mark decides, then UTF-8 when the bytes are that; else header and `meta` are
    believed as far as the text they give can be read. Never raises.
    """
    encoding, mark = read_bom(body)
    if encoding and mark:
        return body[len(mark) :].decode(encoding, "replace").replace("\0", "")
    if wide := _without_mark(body):
        return body.decode(wide, "replace").replace("\0", "")
    body = body.translate(None, _CONTROLS)
    if b"\x1b$" in body:
        korean = "iso2022_kr" in _declarations(body, declared)
        return body.decode("iso2022_kr" if korean else "iso2022_jp", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        said = list(_declarations(body, declared))
        return _mended(body, said) or _legacy(body, said)


def _without_mark(body: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of the markup is NUL."""
    head = body[:64]
    if head.count(0) * 3 < len(head) or len(head) < 4:
        return None
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _declarations(body: bytes, declared: str | None) -> Iterator[str]:
    """Codec names said by the header and by the markup, the header's first."""
    head = _SCRIPTS.sub(b" ", body[:20_000])
    for label in (declared, html_body_declared_encoding(head), _raw_label(head)):
        if label and (codec := codec_of(label)):
            yield codec


def _raw_label(head: bytes) -> str | None:
    """A label that no list knows, to be read with its misspelling."""
    match = _LABEL.search(head)
    return match[1].decode("ascii", "ignore") if match else None


def _mended(body: bytes, said: list[str]) -> str | None:
    """UTF-8 with a few bad bytes or a cut end; other encodings make hardly any valid sequence."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    enough = bad if "utf-8" in said else 3 * bad
    return text.rstrip("\ufffd") if good >= enough else None


def _legacy(body: bytes, said: list[str]) -> str:
    for codec in said:
        if _MANY_BYTES.match(codec) and (text := _multibyte(body, codec)):
            return text
    sample = b" ".join(_high_runs(body[: 20 * _SAMPLE]))[:_SAMPLE]
    # Most code pages are out of the question after a line: that spares .6 of the time.
    middle = len(sample) // 2
    glance = sample[:_GLANCE] + b" " + sample[max(middle, _GLANCE) : middle + _GLANCE]
    likely = _likely(_readings(glance, _single_bytes(said)), said)
    readings = _readings(sample, likely)
    best = max(readings, key=lambda c: _weighed(c, readings, said))
    if readings[best].letters and readings[best].score < _READABLE and (guess := _guess(body)):
        return to_unicode(body, guess)
    return body.decode(best, "as_latin_1")


def _high_runs(body: bytes) -> Iterator[bytes]:
    """Runs of letters that ASCII alone does not make up. Each is matched whole and then asked: a
    pattern that looks for the high byte itself begins anew at every letter before it.
    """
    return (run for run in _RUNS.findall(body) if not run.isascii())


def _readings(sample: bytes, candidates: Iterable[str]) -> dict[str, DecodingScore]:
    return {codec: score_decoding(sample.decode(codec, "replace")) for codec in candidates}


def _weighed(codec: str, readings: Mapping[str, DecodingScore], said: Sequence[str]) -> float:
    return readings[codec].score + (_TRUST if codec in said else 0)


def _likely(readings: Mapping[str, DecodingScore], said: Sequence[str]) -> list[str]:
    weighed = {codec: _weighed(codec, readings, said) for codec in readings}
    return [codec for codec in weighed if weighed[codec] >= max(weighed.values()) - _FAR]


def _single_bytes(said: list[str]) -> list[str]:
    """Codecs worth reading with: those said first, so that they win when all read the same."""
    codecs = dict.fromkeys([*said, *_CANDIDATES])
    return [c for c in codecs if not c.startswith("utf") and not _MANY_BYTES.match(c)]


def _multibyte(body: bytes, codec: str) -> str | None:
    """East Asian text, unless so much of it is broken that the declaration must be wrong."""
    text = to_unicode(body, codec)
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= 0.03 * beyond + 1 else None


def _guess(body: bytes) -> str | None:
    best = charset_normalizer.from_bytes(body[: 4 * _SAMPLE]).best()
    return codec_of(best.encoding) if best else None


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """Bytes that a Windows code page leaves open are C1 controls to a browser."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("as_latin_1", _as_latin_1)
