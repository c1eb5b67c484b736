"""A page's bytes as text, whatever encoding it declares, misspelt names included."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from text.charset_score import DecodingScore, score_decoding

# Python's codecs that decode text (others are hex, zlib, rot13, unicode_escape, …).
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
    """Python's codec for an encoding's name as browsers read it, misspelt or not."""
    label = label.strip(" \t\"';").lower()[:40]
    codec = _codec(label)
    if codec:
        return codec
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
_SAMPLE_BYTES = 12_000
# All C0 controls but tab, line feed, form feed, carriage return, and ESC (ISO-2022-JP needs it).
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27})

_MULTIBYTE = re.compile(r"gb18030|big5|euc_|cp9(?:32|49)|iso2022")
_CANDIDATES = (
    "cp1252", "cp1256", "cp1251", "koi8-u", "cp1253", "cp1255", "cp1254", "cp1250",
    "iso8859-6", "iso8859-5", "iso8859-7", "iso8859-8", "iso8859-2",
)  # fmt: skip
# So many bytes of the sample's beginning and middle are scored with all candidates; those whose
# score is this far below the best drop out: of 1 346 pages none is decoded worse.
_PROBE_BYTES, _MAX_BEHIND = 300, 0.3
_DECLARED_BONUS = 0.12  # to the score of a declared encoding
_MIN_READABLE = 0.5


def decode(body: bytes, declared: str | None) -> str:
    """The text of `decode_utf_8`."""
    return decode_utf_8(body, declared)[0]


def decode_utf_8(body: bytes, declared: str | None) -> tuple[str, bytes | None]:
    """`body` as text without NULs, and that text's UTF-8 where `body` has it, without control characters
    but white space and ESC. `declared` is the charset of the HTTP header, if any.

    A byte order mark decides, then whether the bytes are valid UTF-8; else the encoding of header
    or `meta` is preferred to others that score about the same. Never raises.
    """
    encoding, mark = read_bom(body)
    if encoding and mark:
        return body[len(mark) :].decode(encoding, "replace").replace("\0", ""), None
    if utf_16 := _utf_16_without_mark(body):
        return body.decode(utf_16, "replace").replace("\0", ""), None
    body = body.translate(None, _CONTROLS)
    if b"\x1b" in body and b"\x1b$" in body:  # one byte is found much faster
        korean = "iso2022_kr" in _declarations(body, declared)
        return body.decode("iso2022_kr" if korean else "iso2022_jp", "replace"), None
    try:
        return body.decode("utf-8"), body
    except UnicodeDecodeError:
        codecs_declared = list(_declarations(body, declared))
        return _damaged_utf_8(body, codecs_declared) or _legacy(body, codecs_declared), None


def _utf_16_without_mark(body: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: every second byte of the markup is NUL."""
    head = body[:64]
    if head.count(0) * 3 < len(head) or len(head) < 4:
        return None
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _declarations(body: bytes, declared: str | None) -> Iterator[str]:
    """Codecs that the header and the markup declare, the header's first."""
    head = _SCRIPTS.sub(b" ", body[:20_000])
    for label in (declared, html_body_declared_encoding(head), _raw_label(head)):
        if label and (codec := codec_of(label)):
            yield codec


def _raw_label(head: bytes) -> str | None:
    """A label that w3lib does not recognise."""
    match = _LABEL.search(head)
    return match[1].decode("ascii", "ignore") if match else None


def _damaged_utf_8(body: bytes, declared: list[str]) -> str | None:
    """UTF-8 with a few bad bytes or a cut end; other encodings make hardly any valid sequence."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    min_good = bad if "utf-8" in declared else 3 * bad
    return text.rstrip("\ufffd") if good >= min_good else None


def _legacy(body: bytes, declared: list[str]) -> str:
    for codec in declared:
        if _MULTIBYTE.match(codec) and (text := _multibyte(body, codec)):
            return text
    sample = b" ".join(_high_runs(body[: 20 * _SAMPLE_BYTES]))[:_SAMPLE_BYTES]
    # A line rules most code pages out: that saves .6 of the time.
    middle = len(sample) // 2
    probe = sample[:_PROBE_BYTES] + b" " + sample[max(middle, _PROBE_BYTES) : middle + _PROBE_BYTES]
    likely = _likely(_scores(probe, _single_byte_codecs(declared)), declared)
    scores = _scores(sample, likely)
    best = max(scores, key=lambda codec: _weighted(codec, scores, declared))
    if scores[best].letters and scores[best].score < _MIN_READABLE and (guess := _guess(body)):
        return to_unicode(body, guess)
    return body.decode(best, "as_latin_1")


def _high_runs(body: bytes) -> Iterator[bytes]:
    """Runs of letters that are not all ASCII. Runs are matched whole and then tested: a pattern for
    the high byte itself would start over at every letter before it.
    """
    return (run for run in _RUNS.findall(body) if not run.isascii())


def _scores(sample: bytes, candidates: Iterable[str]) -> dict[str, DecodingScore]:
    return {codec: score_decoding(sample.decode(codec, "replace")) for codec in candidates}


def _weighted(codec: str, scores: Mapping[str, DecodingScore], declared: Sequence[str]) -> float:
    return scores[codec].score + (_DECLARED_BONUS if codec in declared else 0)


def _likely(scores: Mapping[str, DecodingScore], declared: Sequence[str]) -> list[str]:
    weighted = {codec: _weighted(codec, scores, declared) for codec in scores}
    min_score = max(weighted.values()) - _MAX_BEHIND
    return [codec for codec, score in weighted.items() if score >= min_score]


def _single_byte_codecs(declared: list[str]) -> list[str]:
    """Candidates, the declared ones first, so that they win when all score the same."""
    candidates = dict.fromkeys([*declared, *_CANDIDATES])
    return [c for c in candidates if not c.startswith("utf") and not _MULTIBYTE.match(c)]


def _multibyte(body: bytes, codec: str) -> str | None:
    """East Asian text, unless so much of it is broken that the declaration must be wrong."""
    text = to_unicode(body, codec)
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= 0.03 * beyond_ascii + 1 else None


def _guess(body: bytes) -> str | None:
    best = charset_normalizer.from_bytes(body[: 4 * _SAMPLE_BYTES]).best()
    return codec_of(best.encoding) if best else None


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """Browsers read bytes that a Windows code page leaves undefined as C1 controls."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("as_latin_1", _as_latin_1)
