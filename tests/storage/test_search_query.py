"""The query language: what is found is what plain reading of the query would find, and what is marked."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.search_query import expression, finds_nothing, matcher, read_query
from text.search_folding import fold_for_search

_WORDS = ("ab", "cd", "ef", "gh")


class Index:
    """Titles and texts in an index like the database's."""

    def __init__(self, *documents: str) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute(
            "CREATE VIRTUAL TABLE search USING fts5(title, text, content='', tokenize='ascii')"
        )
        self.size = len(documents)
        for number, document in enumerate(documents):
            title, _, text = document.partition("|")
            values = [number, fold_for_search(title), fold_for_search(text)]
            self.db.execute("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", values)

    def find(self, query: str) -> list[int]:
        asked = read_query(query)
        sql = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid"
        found = [number for (number,) in self.db.execute(sql, [asked.expression])]
        if not asked.is_complement:
            return found
        return [number for number in range(self.size) if number not in found]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("ab cd", [0, 1]),
        ("ab AND cd", [0, 1]),
        ("ab & cd", [0, 1]),
        ("ab OR ef", [0, 1, 2]),
        ("ab|ef", [0, 1, 2]),
        ("ab أو ef", [0, 1, 2]),
        ("ab او ef", [0, 1, 2]),
        ("ab یا ef", [0, 1, 2]),
        ("ab و cd", [0, 1]),
        ('"ab cd"', [0]),
        ("«ab cd»", [0]),
        ("“ab cd”", [0]),
        ("„ab cd“", [0]),
        ("‹ab cd›", [0]),
        ("ab -gh", [0]),
        ("ab NOT gh", [0]),
        ("ab −gh", [0]),
        ('ab -"cd gh"', [0, 1]),
        ('ab -"cd ab"', [0]),
        ("ab - gh", [1]),
        ("(ab OR ef) gh", [1, 2]),
        ("ab OR ef gh", [0, 1, 2]),
        ("cd (ab OR ef) -gh", [0]),
        ("gh -(ab OR nothing)", [2]),
        ("title:ab", [0]),
        ('title:"gh ef"', [2]),
        ("عنوان:ab", [0]),
        ("longw*", [3]),
        ('"other longw*"', [3]),
    ],
)
def test_the_language(query: str, numbers: list[int]) -> None:
    index = Index("ab cd|cd", "|cd ab gh", "gh ef|zz", "|other longword")
    assert index.find(query) == numbers


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("北京", "他在北京工作"),
        ("東京タワー", "東京タワーへ行く"),
        ("กรุงเทพ", "ไปกรุงเทพมหานคร"),
        ("서울", "서울에서 열린"),
        ("میخواهد", "او می خواهد برود"),
        ("می خواهد", "او می\u200cخواهد برود"),
        ("می‌خواهد", "او میخواهد برود"),
        ("کتاب ها", "کتاب\u200cهای او"),
        ("नई दिल्ली", "वह नई दिल्ली में है"),
        ('צה"ל', "דובר צה״ל אמר"),
        ("istanbul", "İstanbul'da"),
        ("μαθητης", "ο μαθητής"),
        ("ёлка", "новогодняя елка"),
        ("مي زيادة", "زيادة واسمها مي"),
    ],
)
def test_words_of_every_script_are_found_and_marked(query: str, text: str) -> None:
    assert Index(f"|{text}").find(query) == [0]
    assert matcher(query).hits(fold_for_search(text).split())


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ממשלה", "בממשלה"),
        ("הממשלה", "ראש ממשלה"),
        ("ממשלה", "שהממשלה החליטה"),
        ("ממשלה", "ממשלת ישראל"),
        ("ארגון", "לארגונים"),
        ("נשיאים", "נשיאי ארצות"),
        ("ישראל", "מישראל"),
        ("ישראל", "כשישראל"),
        ("בית", "הבית"),
        ("הבית", "בית"),
        ("וספרים", "ספרים"),
        ("חוק", "החוקים"),
        ("גן", "בגן"),
    ],
)
def test_a_hebrew_word_is_found_behind_its_prefixes(query: str, text: str) -> None:
    assert Index(f"|{text}", "|אחר").find(query) == [0]
    assert matcher(query).hits(fold_for_search(text).split())


@pytest.mark.parametrize(("query", "text"), [("גן", "גנרל"), ("בית", "ביתן"), ("ספר", "מספריים")])
def test_a_short_hebrew_word_is_not_all_that_begin_with_it(query: str, text: str) -> None:
    assert Index(f"|{text}").find(query) == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('"مجلس الأمن"', "قرار لمجلس الأمن"),
        ('"مجلس الأمن"', "ومجلس الأمن"),
        ('"الأمم المتحدة"', "للأمم المتحدة"),
        ('"الأمم المتحدة"', "بالأمم المتحدة"),
        ('"ראש הממשלה"', "לראש הממשלה"),
        ('"ראש הממש*"', "וראש הממשלות"),
    ],
)
def test_a_phrase_is_found_behind_what_joins_its_first_word(query: str, text: str) -> None:
    assert Index(f"|{text}", "|الأمن لمجلس").find(query) == [0]
    assert matcher(query).hits(fold_for_search(text).split())


def test_a_single_quoted_word_is_that_form_alone() -> None:
    assert Index("|مجلس", "|لمجلس", "|בית", "|הבית").find('"مجلس" OR "בית"') == [0, 2]


def test_many_words_of_many_forms_are_one_query() -> None:
    for word in ("הממשלה", "والحكومة"):
        query = " ".join(word[:-1] + chr(ord(word[3]) + n % 3) + word[-1] for n in range(32))
        assert Index("|a").find(query) == []


def test_a_word_without_spaces_around_it_is_a_phrase() -> None:
    assert Index("|京北", "|北京").find("北京") == [1]
    assert matcher("北京").hits(fold_for_search("京北 北京").split()) == {2, 3}


@pytest.mark.parametrize("query", ["أو", "او", "OR", "NOT", "و"])
def test_an_operator_alone_is_a_word(query: str) -> None:
    assert Index(f"|{query}", "|ab").find(query) == [0]


@pytest.mark.parametrize(
    "query",
    [
        "ab)",
        "(ab",
        "((ab",
        "ab OR",
        "OR ab",
        "| ab",
        "ab AND",
        'ab "',
        '"ab',
        "ab -",
        "ab NOT",
        "ab ()",
        *("ab (OR)", "-(ab", "title:", "ab ||| |", "*", "ab*", ")ab(", "«ab"),
    ],
)
def test_what_is_malformed_is_searched_all_the_same(query: str) -> None:
    numbers = Index("|ab", "|cd").find(query)
    assert numbers == ([1] if query.startswith("-(") else [0] if "ab" in query else [])


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("-ab", [2]),
        ("NOT ab", [2]),
        ("-ab -ef", []),
        ("NOT (ab ef)", [0, 2]),
        ("-(ab OR ef)", []),
        ("-(-ab)", [0, 1]),
        ("ef OR -ab", [1, 2]),
        ("-ab OR -ef", [0, 2]),
        ("(-ab) ef", [2]),
        ("ef (-ab OR cd)", [2]),
        ("gh -(-ab)", []),
        ("cd -(-ab)", [0]),
        ("-title:ab", [0, 1, 2]),
        ('-"ab ef"', [0, 2]),
    ],
)
def test_what_only_excludes_finds_all_others(query: str, numbers: list[int]) -> None:
    assert Index("|ab cd", "|ab ef", "|ef").find(query) == numbers


def test_what_only_excludes_is_no_expression_for_the_index() -> None:
    assert read_query("-ab").is_complement
    assert not read_query("ab -cd").is_complement
    assert expression("-ab") == expression("")


@pytest.mark.parametrize("query", ["", "-", "OR", "-(", "( )", '""', "* | *", "NOT", "-()"])
def test_a_query_of_operators_alone_finds_nothing(query: str) -> None:
    assert finds_nothing(query) == (query not in ("OR", "NOT"))


def test_the_order_of_what_is_found_hangs_neither_on_spelling_nor_on_order() -> None:
    spellings = ["حكومة", "الحكومه", "حُكومة", "وبالحكومة", "للحكومة"]
    assert len({expression(spelling) for spelling in spellings}) == 1
    assert expression("ab cd") == expression("cd ab")
    assert expression("ab OR cd") == expression("cd | ab")


@pytest.mark.parametrize("prefix", ["ال*", "a*", "وال*", "ab*", "北*"])
def test_a_prefix_too_short_is_a_word(prefix: str) -> None:
    assert "*" not in expression(prefix)


@pytest.mark.parametrize(
    "part", ["(", ")", '"', "-", "a|", "a OR ", "NOT ", "(a ", "title:", "-(", "可"]
)
def test_ten_thousand_of_anything_is_read_in_linear_time(part: str) -> None:
    query = part * 10_000
    assert len(expression(query)) < 20_000
    assert Index("|b").find(query) == []


# A query as a reader would think of it, told apart from how it is written.
_TREES = st.recursive(
    st.sampled_from(_WORDS) | st.lists(st.sampled_from(_WORDS), min_size=2, max_size=3).map(tuple),
    lambda inner: st.tuples(
        st.sampled_from(["and", "or", "not"]), st.lists(inner, min_size=1, max_size=3)
    ).map(list),
    max_leaves=8,
)


def written(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, tuple):
        return f'"{" ".join(tree)}"'
    assert isinstance(tree, list)
    kind, parts = tree
    first, *others = map(written, parts)
    if kind == "not" and not others:
        return f"(-{first})"
    joint = {"and": " ", "or": " OR ", "not": " -"}[kind]
    return f"({joint.join([first, *others])})"


def holds(tree: object, words: list[str]) -> bool:
    """By reading the words one after the other."""
    if isinstance(tree, str):
        return tree in words
    if isinstance(tree, tuple):
        starts = range(len(words) - len(tree) + 1)
        return any(tuple(words[start : start + len(tree)]) == tree for start in starts)
    assert isinstance(tree, list)
    kind, (first, *others) = tree
    if kind == "not" and not others:
        return not holds(first, words)
    if kind == "not":
        return holds(first, words) and not any(holds(other, words) for other in others)
    return (all if kind == "and" else any)(holds(part, words) for part in (first, *others))


def marks(tree: object, words: list[str], *, wanted: bool = True) -> set[int]:
    """What is wanted, and of what is excluded what is excluded from it."""
    if not isinstance(tree, list) and not wanted:
        return set()
    if isinstance(tree, str):
        return {at for at, word in enumerate(words) if word == tree}
    if isinstance(tree, tuple):
        starts = range(len(words) - len(tree) + 1)
        stands = [start for start in starts if tuple(words[start : start + len(tree)]) == tree]
        return {start + n for start in stands for n in range(len(tree))}
    assert isinstance(tree, list)
    kind, (first, *others) = tree
    flips = [False, *(kind == "not" for _ in others)] if others else [kind == "not"]
    parts = zip([first, *others], flips, strict=True)
    return set().union(*(marks(part, words, wanted=wanted != flip) for part, flip in parts))


@settings(max_examples=300)
@given(_TREES, st.lists(st.lists(st.sampled_from(_WORDS), max_size=6), min_size=1, max_size=6))
def test_found_and_marked_is_what_plain_reading_finds(
    tree: object, documents: list[list[str]]
) -> None:
    query = written(tree)
    index = Index(*(f"|{' '.join(words)}" for words in documents))
    assert index.find(query) == [n for n, words in enumerate(documents) if holds(tree, words)]
    for words in documents:
        assert matcher(query).hits(words) == marks(tree, words)


@settings(max_examples=400)
@given(st.text(alphabet='ab"()|-*: \u0623\u0648\u0627NOTRD«»title+é北', max_size=60))
def test_any_text_is_a_query(query: str) -> None:
    Index("|ab").find(query)
    for term in read_query(query).terms:
        assert query[term.start : term.end].strip()
