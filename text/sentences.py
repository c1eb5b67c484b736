"""Whether a text ends as a sentence does."""

SENTENCE_ENDS = frozenset(".!?؟。।")
CLOSING_QUOTES = "\"”»)'"
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))


def ends_as_sentence(
    text: str,
    ends: frozenset[str] = SENTENCE_ENDS,
    *,
    closing: str = CLOSING_QUOTES,
    min_words: int = 1,
) -> bool:
    """Whether `text` has a mark of `ends` behind its last word; quotes and brackets of `closing`
    may follow it. A text of fewer than `min_words` words is a label, whatever it ends with.
    """
    last = text[-1:]
    if last in _SPACES or last in closing:  # of few texts
        last = text.rstrip(_SPACES + closing)[-1:]
    return last in ends and (min_words <= 1 or len(text.split()) >= min_words)
