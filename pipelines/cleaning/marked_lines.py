"""Lines that are no text but marks: shortcodes that no plugin has replaced, what they enclose, the credit
below an embedded post or a picture.
"""

import re

from text.sentences import ends_as_sentence

# `[ad_unit id=3 place=middle]`, since the plugin is gone.
_SHORTCODE = re.compile(
    r"(?:\[/?[a-z][\w-]{2,40}(?:\s+[\w-]{1,40}\s*=\s*(?:\"[^\"\]]{0,200}\"|'[^'\]]{0,200}'|[^\s\]]{1,200}))*\s*/?\]\s*)+",
    re.IGNORECASE | re.ASCII,
)
# A picture's caption, in one line or up to the line that ends it.
_CAPTION = re.compile(r"\[caption\b[^\]]{0,300}\]|\[/caption\]", re.IGNORECASE | re.ASCII)
# The author's name and account, and the day.
_POST_CREDIT = re.compile(r"[\u2014\u2013-]\s{0,3}[^()]{1,80}\(@\w{1,30}\)[^.]{0,40}")
# `© Reuters / Name`, by whatever sign.
_PICTURE_CREDIT = re.compile(r"(?:©|\([cC]\)|℗)\s?+\S[^\n]{1,78}")
_CREDIT_SIGNS = frozenset("©(℗")
_MAX_CHARS = 400


def reason_by_marks(line: str) -> str | None:
    """Why the line is no text, by the marks in it; None where it has none."""
    if "[" in line and _SHORTCODE.fullmatch(line):
        return "advert"
    if len(line) > _MAX_CHARS:
        return None
    if "caption" in line and _CAPTION.search(line):
        return "caption"
    if line[:1] in _CREDIT_SIGNS and _PICTURE_CREDIT.fullmatch(line) and not ends_as_sentence(line):
        return "caption"
    if "(@" in line and _POST_CREDIT.fullmatch(line):
        return "embed"
    return None
