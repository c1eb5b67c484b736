"""A reader's query as a tree: words, `"phrases"`, `OR`, `NOT`, `-word`, `word*`, `title:word` and
parentheses. There is no wrong query: what makes no sense is left out.

    any of   = all of, OR, all of, …
    all of   = part, part, NOT part, …
    part     = word | "phrase" | ( any of )

The index finds what has a word, never what lacks one. So what only excludes (`-a`, `b OR -a`) is read as
the complement of what can be found, and a complement stands at the root alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.word_forms import Form, forms_of, joined, phrase_forms
from text.search_folding import fold_for_search, is_spaceless

# A query, not a pasted page: the index looks up a hundred forms of each word. One part may be many words
# (`a+b+c`), and a word any length.
_MAX_WORDS, _MAX_QUERY_CHARS, _MAX_WORD_CHARS = 32, 2000, 64
_MAX_DEPTH = 8
# `ال*` would gather a third of the vocabulary: 6 s at 100 000 articles.
_MIN_PREFIX_CHARS = 3
_ARTICLES = ("وال", "بال", "ال")
_QUOTES = '"“”„‟«»‹›＂'
_LEXEME = re.compile(
    rf"(?P<open>\()|(?P<close>\))|(?P<bar>\|+)|(?P<minus>[-−–—](?=[^\s)|]))"
    rf"|(?:(?P<field>title|titre|عنوان):(?=[^\s()|]))?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*+)[{_QUOTES}]?(?P<star>\*?)"
    # A gershayim inside a Hebrew word is no quotation mark.
    rf"|(?P<word>(?:[^\s()|{_QUOTES}]|(?<=[\u05d0-\u05ea])[\"”](?=[\u05d0-\u05ea]))++))",
    re.IGNORECASE,
)
# Between two parts. `او` is how `أو` is typed without its hamza, and a `و` that stands alone is one that
# was meant to join; a Persian `یا` has another yeh than the Arabic call `يا`.
_OR_WORDS, _AND_WORDS = frozenset({"OR", "أو", "او", "یا"}), frozenset({"AND", "&", "&&", "+", "و"})
_NOT_WORD = "NOT"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: any of the `forms`, in the whole story or in its `title` alone. It stands in the
    query from `start` to `end`; `word` is the folded word, or empty for a phrase or prefix.
    """

    forms: tuple[Form, ...]
    start: int
    end: int
    word: str = ""
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of the `nodes` and none of the `excluded`. There is at least one node."""

    nodes: tuple["Node", ...]
    excluded: tuple["Node", ...] = ()


Node = Term | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Complement:
    """All articles but those of the `node`."""

    node: Node


Query = Node | Complement


@dataclass(frozen=True, slots=True)
class Lexeme:
    kind: str  # open, close, or, not, part
    nodes: tuple[Node, ...] = ()


@dataclass(slots=True)
class Parser:
    """Reads lexemes from the first to the last, each once."""

    lexemes: list[Lexeme]
    at: int = 0
    depth: int = 0
    _ends: frozenset[str] = field(default=frozenset({"or", "close"}))

    def any_of(self) -> Query | None:
        nodes: list[Query] = []
        while self.at < len(self.lexemes) and self.lexemes[self.at].kind != "close":
            if self.lexemes[self.at].kind == "or":
                self.at += 1
            elif node := self.all_of():
                nodes.append(node)
        return _any_of(nodes) if nodes else None

    def all_of(self) -> Query | None:
        nodes: list[Query] = []
        excluded: list[Query] = []
        negative = False
        while self.at < len(self.lexemes) and self.lexemes[self.at].kind not in self._ends:
            if self.lexemes[self.at].kind == "not":
                self.at, negative = self.at + 1, True
                continue
            (excluded if negative else nodes).extend(self.part(negative))
            negative = False
        return _all_of(nodes, excluded) if nodes or excluded else None

    def part(self, negative: bool) -> Iterable[Query]:
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind == "part":
            # `-a+b` excludes what has both.
            both = negative and len(lexeme.nodes) > 1
            return [AllOf(lexeme.nodes)] if both else lexeme.nodes
        if self.depth == _MAX_DEPTH:
            return ()
        self.depth += 1
        node = self.any_of()
        self.depth -= 1
        self.at += 1  # the closing one, or the end
        return [node] if node else ()


def parse(query: str) -> Query | None:
    """The query's tree, None where it has no letter or digit."""
    parser = Parser(list(_with_joined(_lexemes(query[:_MAX_QUERY_CHARS]))))
    nodes: list[Query] = []
    while parser.at < len(parser.lexemes):
        if node := parser.any_of():
            nodes.append(node)
        parser.at += 1  # a parenthesis that nothing opened
    return _all_of(nodes, []) if nodes else None


def terms_of(node: Query, *, wanted: bool = True) -> Iterator[Term]:
    """All terms that are wanted, none that is excluded."""
    if isinstance(node, Term):
        if wanted:
            yield node
    elif isinstance(node, Complement):
        yield from terms_of(node.node, wanted=not wanted)
    else:
        for inner in node.nodes:
            yield from terms_of(inner, wanted=wanted)
        for inner in node.excluded if isinstance(node, AllOf) else ():
            yield from terms_of(inner, wanted=not wanted)


def _all_of(nodes: Iterable[Query], excluded: Iterable[Query]) -> Query:
    wanted, unwanted = _apart_from_complements(nodes)
    also_unwanted, also_wanted = _apart_from_complements(excluded)
    wanted, unwanted = wanted + also_wanted, unwanted + also_unwanted
    if not wanted:
        return Complement(unwanted[0] if len(unwanted) == 1 else AnyOf(tuple(unwanted)))
    return AllOf(tuple(wanted), tuple(unwanted)) if unwanted or len(wanted) > 1 else wanted[0]


def _any_of(nodes: Iterable[Query]) -> Query:
    found, lacking = _apart_from_complements(nodes)
    if lacking:
        # `a OR -b` is all but what has b and not a.
        return Complement(AllOf(tuple(lacking), tuple(found)))
    return found[0] if len(found) == 1 else AnyOf(tuple(found))


def _apart_from_complements(nodes: Iterable[Query]) -> tuple[list[Node], list[Node]]:
    """Those that can be found, and what the complements among them lack."""
    found: list[Node] = []
    lacking: list[Node] = []
    for node in nodes:
        if isinstance(node, Complement):
            lacking.append(node.node)
        else:
            found.append(node)
    return found, lacking


def _lexemes(query: str) -> Iterator[Lexeme]:
    found = list(_LEXEME.finditer(query))
    room = _MAX_WORDS
    for number, match in enumerate(found):
        kind = _kind(found, number)
        if kind != "part":
            if kind:
                yield Lexeme(kind)
            continue
        quoted = match["phrase"] is not None and not _is_cited_word(match)
        terms = _phrase(match, room) if quoted else _words(match, room)
        room -= sum(len(term.forms[0].tokens) for term in terms)
        if terms:
            yield Lexeme("part", tuple(terms))


def _is_cited_word(match: re.Match[str]) -> bool:
    """`«أستانة»` is how texts cite a name: a word as any other. `"أستانة"` is that form alone."""
    return match[0].lstrip("-").startswith("«") and len(match["phrase"].split()) == 1


def _phrase(match: re.Match[str], room: int) -> list[Term]:
    tokens = tuple(
        word[:_MAX_WORD_CHARS] for word in fold_for_search(match["phrase"]).split()[:room]
    )
    starred = bool(match["star"]) or match["phrase"].rstrip().endswith("*")
    if not tokens:
        return []
    forms = phrase_forms(tokens, open_ended=starred and _is_prefix(tokens))
    return [Term(forms, *match.span(), in_title=bool(match["field"]))]


def _words(match: re.Match[str], room: int) -> list[Term]:
    text = match["word"] or match["phrase"]
    runs = [run[:room] for run in _runs(text)][:room]
    terms = []
    for number, run in enumerate(runs):
        prefix = text.endswith("*") and number == len(runs) - 1 and _is_prefix(run)
        plain = len(run) == 1 and not prefix
        forms = forms_of(run[0]) if plain else (Form(run, prefix),)
        word = run[0] if plain and not is_spaceless(run[0]) else ""
        terms.append(Term(forms, *match.span(), word, bool(match["field"])))
    return terms


def _runs(part: str) -> Iterator[tuple[str, ...]]:
    """The part's folded words; characters of a script without spaces are one phrase."""
    spaceless: list[str] = []
    for token in fold_for_search(part).split():
        if is_spaceless(token):
            spaceless.append(token)
            continue
        if spaceless:
            yield tuple(spaceless)
            spaceless = []
        yield (token[:_MAX_WORD_CHARS],)
    if spaceless:
        yield tuple(spaceless)


def _is_prefix(tokens: tuple[str, ...]) -> bool:
    """Whether a `*` behind the last of them can be looked up: alone it needs letters behind an article."""
    if is_spaceless(tokens[-1]) or len(tokens[-1]) < _MIN_PREFIX_CHARS:
        return False
    article = next((start for start in _ARTICLES if tokens[0].startswith(start)), "")
    return len(tokens) > 1 or len(tokens[0]) >= _MIN_PREFIX_CHARS - 1 + len(article)


def _with_joined(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """Two words that may stand as one find that one as well."""
    held: Lexeme | None = None
    after_not = False
    for lexeme in lexemes:
        if held and (whole := _whole(held, lexeme)):
            yield Lexeme("part", (AnyOf((AllOf(held.nodes + lexeme.nodes), whole)),))
            held = None
            continue
        if held:
            yield held
        held = None
        if lexeme.kind == "part" and not after_not:
            held = lexeme
        else:
            yield lexeme
        after_not = lexeme.kind == "not"
    if held:
        yield held


def _whole(left: Lexeme, right: Lexeme) -> Term | None:
    first, second = left.nodes[-1], right.nodes[0] if right.kind == "part" else None
    if len(left.nodes) + len(right.nodes) != 2:
        return None
    if not (isinstance(first, Term) and isinstance(second, Term) and first.word and second.word):
        return None
    word = joined(first.word, second.word)
    in_title = first.in_title and second.in_title
    return Term(forms_of(word), first.start, second.end, "", in_title) if word else None


def _kind(found: list[re.Match[str]], number: int) -> str:
    """The kind of a lexeme; empty: it says nothing where it stands."""
    match = found[number]
    if match["open"] or match["close"]:
        return "open" if match["open"] else "close"
    if match["minus"]:
        return "not"
    is_between = _ends_part(found[number - 1] if number else None) and _begins_part(
        found[number + 1] if number + 1 < len(found) else None
    )
    if match["bar"]:
        return "or"
    if match["word"] == _NOT_WORD and len(found) > 1:
        return "not" if number + 1 < len(found) and _begins_part(found[number + 1]) else ""
    if match["word"] in _OR_WORDS and is_between:
        return "or"
    if match["word"] in _AND_WORDS and is_between:
        return ""
    # At an end an operator of capitals joins nothing; `أو` and `و` are words.
    return "" if match["word"] in ("OR", "AND") and len(found) > 1 else "part"


def _ends_part(match: re.Match[str] | None) -> bool:
    return match is not None and not (match["open"] or match["bar"] or match["minus"])


def _begins_part(match: re.Match[str] | None) -> bool:
    return match is not None and not (match["close"] or match["bar"])
