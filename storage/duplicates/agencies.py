"""The agency a text credits, as evidence: the same credit on two texts makes one story likelier."""

from functools import lru_cache

from text.folding import fold

# Words of a credit that name no agency: "agency", "agencies", "news", "source", "correspondents".
_COMMON = frozenset(
    fold(word)
    for word in (
        *(
            "وكالة",
            "وكالات",
            "الوكالة",
            "الوكالات",
            "أنباء",
            "الأنباء",
            "للأنباء",
            "المصدر",
            "مصدر",
        ),
        *("مصادر", "متابعات", "خاص", "عن", "نقلا", "و", "في", "من", "شبكة", "موقع", "مراسل"),
        *("news", "agency", "agencies", "source", "the", "and", "via", "press"),
    )
)


@lru_cache(maxsize=1000)
def names(credit: str | None) -> frozenset[str]:
    """The words of the credit that name somebody, folded. `أ ف ب`, letters apart, is one name."""
    words = [word for word in fold(credit or "").split() if word not in _COMMON]
    letters = "".join(word for word in words if len(word) == 1)
    return frozenset([*(word for word in words if len(word) > 1), *([letters] if letters else [])])
