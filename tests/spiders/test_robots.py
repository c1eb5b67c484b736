"""robots.txt as a stranger may write it: the groups that are ours, and what is too much."""

import pytest
from line_counter import count_lines_run

from items import Reason
from spiders.fetching.errors import RequestRefused
from spiders.fetching.robots import RobotsRules, read_robots
from text.limits import MAX_ROBOTS_RULES, MAX_ROBOTS_WILDCARDS

AGENT = "Warraq"


def allows(robots: str, path: str = "/x") -> bool:
    try:
        read_robots(robots.encode(), AGENT).check(f"https://ex.org{path}", AGENT)
    except RequestRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /", False),
        ("User-agent: other\nUser-agent: warraq\nUser-agent: third\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nUser-agent: Warraq\nAllow: /", True),
        ("User-agent: Warraq\nAllow: /\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Warraq/2.0\nDisallow: /", True),
        ("User-agent: other\nAllow: /\nUser-agent: Warraq\nDisallow: /y\nDisallow: /", False),
        ("useragent *\ndisallow /", False),
        ("User-agent: Warraq*\nDisallow: /", False),
        ("User-agent: other\nSitemap: /s.xml\nUser-agent: *\nDisallow: /", False),
        ("User-agent: *\n\n# here\nDisallow: /  # all", False),
        ("User-agent: *\nAllow: /\nUser-agent: other\nDisallow: /", True),
        ("User-agent: *\nUser-agent: other\nDisallow: /", False),
        ("User-agent: *\ndissallow: /", False),
        ("Disallow: /", True),
        ("", True),
    ],
)
def test_the_group_of_this_robot(robots: str, allowed: bool) -> None:
    assert allows(robots) is allowed


def test_a_crawl_delay_is_that_of_the_own_group() -> None:
    robots = (
        b"User-agent: *\nCrawl-delay: 9\nUser-agent: warraq\nCrawl-delay: 4\nRequest-rate: 1/5\n"
    )
    assert read_robots(robots, AGENT).delay(AGENT) == 5.0


def test_a_request_rate_of_a_thousand_digits_is_a_delay_too() -> None:
    rate = f"User-agent: *\nRequest-rate: {'9' * 1_000}/{'8' * 1_000}".encode()
    assert read_robots(rate, AGENT).delay(AGENT) == 1.0


@pytest.mark.parametrize(
    "robots",
    [
        "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(MAX_ROBOTS_RULES + 1)),
        "User-agent: *\n" + "".join(f"Allow: /*{n}\n" for n in range(MAX_ROBOTS_WILDCARDS + 1)),
        "User-agent: *\n" + "".join(f"Allow: /*{n}$\n" for n in range(MAX_ROBOTS_WILDCARDS)),
    ],
    ids=["rules", "wildcards", "ends"],
)
def test_more_rules_than_a_check_can_afford_close_the_site(robots: str) -> None:
    rules = read_robots(robots.encode(), AGENT)
    with pytest.raises(RequestRefused, match="more than") as refused:
        rules.check("https://ex.org/x", AGENT)
    assert refused.value.reason == Reason.ROBOTS_UNREACHABLE


def _lines(robots: str) -> int:
    return count_lines_run(lambda: read_robots(robots.encode(), AGENT))


@pytest.mark.parametrize(
    "shape",
    [
        lambda n: "".join(f"User-agent: a{k}\n" for k in range(n)) + "Allow: /\n" * n,
        lambda n: "User-agent: w\n" * n + "Allow: /\n" * n,
        lambda n: "User-agent: other\nDisallow: /\n" * n,
        lambda n: "\n" * n,
        lambda n: "User-agent: *\nDisallow: /" + "*a" * n + "$",
        lambda n: "junk\n" * n,
    ],
    ids=["robots", "own names", "groups", "empty", "one pattern", "junk"],
)
def test_the_steps_grow_no_faster_than_the_lines(shape) -> None:  # type: ignore[no-untyped-def]
    assert _lines(shape(800)) < 2.2 * _lines(shape(400)) + 200


def test_a_rule_that_allows_is_kept_in_its_group() -> None:
    rules = read_robots(b"User-agent: *\nDisallow: /a\nAllow: /a/b\n", AGENT)
    assert isinstance(rules, RobotsRules)
    assert allows("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b")
    assert not allows("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/c")
