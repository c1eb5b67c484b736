"""A reader's query as an FTS5 expression and as a matcher of words in a text, both made of one tree: what
is found is what is marked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage.query_syntax import AllOf, Complement, Node, Term, parse, terms_of
from storage.word_forms import Form

# Finds nothing.
_NOTHING = '""'


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query that was read: `expression` for FTS5, the wanted `terms`. `is_complement`: it only excludes,
    and finds all articles but those of the expression.
    """

    expression: str
    terms: tuple[Term, ...]
    is_complement: bool = False

    def matcher(self, *, in_title: bool = False) -> "Matcher":
        return Matcher(term for term in self.terms if in_title or not term.in_title)


@lru_cache(maxsize=256)
def read_query(query: str) -> SearchQuery:
    """All words of the query, in any order and form; see `storage.query_syntax`."""
    node = parse(query)
    if node is None:
        return SearchQuery(_NOTHING, ())
    terms = tuple(terms_of(node))
    if isinstance(node, Complement):
        return SearchQuery(_expression(node.node), terms, is_complement=True)
    return SearchQuery(_expression(node), terms)


def expression(query: str) -> str:
    """The query for FTS5. One without a letter or digit finds nothing, and one that only excludes, which
    FTS5 has no expression for.
    """
    read = read_query(query)
    return _NOTHING if read.is_complement else read.expression


def in_titles(query: str) -> str:
    """The expression of what has it all in the title and the headlines of copies."""
    return f"{{title headlines}} : {expression(query)}"


def finds_nothing(query: str) -> bool:
    """Whether the query has no word, such as one of operators alone."""
    return read_query(query).expression == _NOTHING


def matcher(query: str) -> "Matcher":
    """What the query marks in a text; none of what it excludes."""
    return read_query(query).matcher()


def term_expression(term: Term) -> str:
    """The expression of a single term."""
    return _expression(term)


class Matcher:
    """The places of a query's terms among a text's folded words."""

    def __init__(self, terms: Iterable[Term]) -> None:
        forms = {form for term in terms for form in term.forms}
        self._words = {f.tokens[0] for f in forms if len(f.tokens) == 1 and not f.open_ended}
        self._prefixes = tuple({f.tokens[0] for f in forms if len(f.tokens) == 1 and f.open_ended})
        self._phrases = [form for form in forms if len(form.tokens) > 1]

    def matches(self, word: str) -> bool:
        """Whether a folded word is found for itself."""
        return word in self._words or word.startswith(self._prefixes)

    def names(self, word: str) -> bool:
        """Whether a folded word is found for itself, or stands in a phrase that is sought."""
        return self.matches(word) or any(word in form.tokens for form in self._phrases)

    def hits(self, words: Sequence[str]) -> set[int]:
        """The positions of the folded words that are found, each for itself or in a phrase."""
        found = {at for at, word in enumerate(words) if self.matches(word)}
        if self._phrases:
            positions = defaultdict(list)
            for at, word in enumerate(words):
                positions[word].append(at)
            for form in self._phrases:
                for at in positions[form.tokens[0]]:
                    if _stands_at(form, words, at):
                        found.update(range(at, at + len(form.tokens)))
        return found


def _stands_at(form: Form, words: Sequence[str], at: int) -> bool:
    *first, last = form.tokens
    end = at + len(first)
    if end >= len(words) or list(words[at:end]) != first:
        return False
    return words[end].startswith(last) if form.open_ended else words[end] == last


def _expression(node: Node) -> str:
    if isinstance(node, Term):
        # bm25 adds up the forms' weights in this order, and the sum's last digits hang on it: sorted, the
        # same forms give the same scores, and the same order, however the word was typed.
        forms = f"({' OR '.join(sorted(_quoted(form) for form in node.forms))})"
        return f"({{title}} : {forms})" if node.in_title else forms
    if not isinstance(node, AllOf):
        return f"({' OR '.join(_expressions(node.nodes))})"
    wanted = " AND ".join(_expressions(node.nodes))
    excluded = " OR ".join(_expressions(node.excluded))
    return f"(({wanted}) NOT ({excluded}))" if excluded else f"({wanted})"


def _expressions(nodes: Iterable[Node]) -> Iterator[str]:
    return iter(sorted(map(_expression, nodes)))


def _quoted(form: Form) -> str:
    return f'"{" ".join(form.tokens)}"' + "*" * form.open_ended
