"""No page, feed or redirect can send a crawl into a private network."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from unittest.mock import Mock

import pytest
import web_server as webserver
from hostile_hosts import INSIDE
from web_server import Answer, Web, article, rss

from items import Site
from spiders.fetching import dns_resolver
from spiders.fetching.addresses import host_port, is_public, normal_host, permissions
from spiders.fetching.dns_resolver import PublicResolver
from spiders.runner import CrawlResult

Crawl = Callable[..., CrawlResult]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.0.9", "0.0.0.0", "10.1.2.3", "172.31.255.1", "192.168.0.1"),
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"),
        *("224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
        *("3fff::1", "fec0::1", "100::1", "5f00::1"),
    ],
)
def test_closed_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "64:ff9b::808:808"]
)
def test_open_addresses(address: str) -> None:
    assert is_public(address)


def test_hosts_are_compared_in_one_spelling() -> None:
    spellings = ("LocalHost.", "localhost", "[LOCALHOST]", "ｌｏｃａｌｈｏｓｔ")
    assert {normal_host(host) for host in spellings} == {"localhost"}
    assert (
        host_port("https://a.example/")
        == host_port("http://a.example:80/")
        != host_port("http://a.example:8080/")
    )


@pytest.fixture
def inside() -> Iterator[Web]:
    """A server that no crawl may reach; each of its pages would be an article."""
    with webserver.serve() as inside:
        inside.pages["/inside"] = article(99)
        yield inside


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    """`rebound.example` has a private address, `news.example` a public one beside it."""
    table = {
        "rebound.example": ["127.0.0.1", "::1"],
        "news.example": ["93.184.215.14", "127.0.0.1"],
    }

    async def lookup(host: str, port: int) -> list[str]:
        return table.get(host) or await dns_resolver.system_lookup(host, port)

    dns_resolver.install(PublicResolver(lookup))
    yield
    dns_resolver.install(PublicResolver())


def send(web: Web, site: Site, targets: list[str], found_by: str) -> Site:
    """The site, with links that lead its crawl to `targets`."""
    if found_by == "feed":
        return replace(site, allow_private=False, feeds=tuple(targets), homepage=targets[0])
    numbers = range(len(targets))
    web.pages["/feed"] = rss(web.url, list(numbers))
    for number, target in zip(numbers, targets, strict=True):
        web.pages[f"/news/{number}"] = Answer(status=302, headers={"Location": target})
    return site


def test_redirects_do_not_lead_inside(web: Web, site: Site, crawl: Crawl, inside: Web) -> None:
    port = inside.url.rpartition(":")[2]
    targets = [target.format(port=port) for target in INSIDE]
    targets.append("http://169.254.169.254/latest/meta-data/")
    result = crawl(send(web, site, targets, "redirect"))
    assert inside.asked == []
    assert result.counts.get("new", 0) == 0
    assert len(web.paths("/news/")) == len(targets)


def test_sources_do_not_lead_inside(web: Web, site: Site, crawl: Crawl, inside: Web) -> None:
    port = inside.url.rpartition(":")[2]
    for target in INSIDE:
        url = target.format(port=port)
        guarded = Site("x", homepage="http://news.example/", feeds=(url,), delay=0.0)
        result = crawl(guarded)
        assert result.outcome == "failed", url
    assert inside.asked == [], "not even robots.txt"


@pytest.mark.parametrize("source", ["feed", "sitemap", "robots.txt"])
def test_redirects_of_sources_do_not_lead_inside(
    web: Web, site: Site, crawl: Crawl, inside: Web, source: str
) -> None:
    web.pages[f"/{source}"] = Answer(status=302, headers={"Location": f"{inside.url}/inside"})
    web.pages.setdefault("/feed", rss(web.url, []))
    crawl(replace(site, sitemaps=(f"{web.url}/sitemap",)))
    assert inside.asked == []
    assert web.count(f"/{source}") == 1


def test_a_private_site_reaches_its_own_port_and_no_other(
    web: Web, site: Site, crawl: Crawl, inside: Web
) -> None:
    result = crawl(replace(site, feeds=(f"{web.url}/feed", f"{inside.url}/feed")))
    assert inside.count("/feed") == 1, "a place that the site's file names is allowed"
    inside.forget()
    web.pages |= {
        "/feed": rss(web.url, [1]),
        "/news/1": Answer(status=302, headers={"Location": f"{inside.url}/inside"}),
    }
    result = crawl(site)
    assert inside.asked == []
    assert result.counts["rejected: off_site"] == 1


def test_what_one_site_may_reach_another_may_not(web: Web, site: Site, crawl: Crawl) -> None:
    other = Site("other", homepage="http://news.example/", feeds=(f"{web.url}/feed",), delay=0.0)
    permissions.permit({"127.0.0.1", "localhost"})
    try:
        result = crawl(other)
    finally:
        permissions.withdraw({"127.0.0.1", "localhost"})
    assert "private address" in result.trouble
    assert web.asked == []


def test_permissions_end_with_the_crawl(web: Web, site: Site, crawl: Crawl) -> None:
    web.pages["/feed"] = rss(web.url, [])
    assert crawl(site).outcome == "finished"
    assert not permissions.private


def test_of_a_name_with_both_only_the_public_address_is_given_out() -> None:
    from spiders.fetching.addresses import usable_addresses

    assert usable_addresses("news.example", ["93.184.215.14", "127.0.0.1"]) == ["93.184.215.14"]


def test_the_address_that_is_checked_is_the_one_connected_to(
    web: Web, crawl: Crawl, inside: Web
) -> None:
    """A name that resolves to a public address first and to a private one next (DNS rebinding)."""
    answers = iter([["203.0.113.1"], *[["127.0.0.1"]] * 50])

    async def lookup(host: str, port: int) -> list[str]:
        return next(answers)

    dns_resolver.install(PublicResolver(lookup))
    port = inside.url.rpartition(":")[2]
    home = f"http://turning.example:{port}"
    crawl(Site("x", homepage=f"{home}/", feeds=(f"{home}/inside",), delay=0.0))
    assert inside.asked == []


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_resolution_that_is_cancelled_ends_without_an_address(has_begun: bool) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return ["8.8.8.8"]

    async def cancelled() -> Mock:
        receiver = Mock()
        resolution = PublicResolver(never).resolveHostName(receiver, "slow.example", 80)
        if has_begun:
            await asyncio.sleep(0.01)
        resolution.cancel()
        await asyncio.sleep(0.05)
        return receiver

    calls = [name for name, *_ in asyncio.run(cancelled()).mock_calls]
    assert calls == ["resolutionBegan", "resolutionComplete"]


def test_schemes_other_than_http_are_not_fetched(web: Web, site: Site, crawl: Crawl) -> None:
    for scheme in ("file:///etc/passwd", "ftp://127.0.0.1/", "data:text/html,<p>x</p>"):
        result = crawl(replace(site, feeds=(scheme,)))
        assert result.outcome == "failed", scheme


def test_the_stand_in_lookup_answers_as_the_system_does() -> None:
    """The spellings above are loopback to libc; otherwise the tests would prove nothing."""
    for host in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1"):
        assert socket.getaddrinfo(host, 80)[0][4][0] == "127.0.0.1"
