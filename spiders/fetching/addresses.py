"""Which IP addresses a crawl may connect to: public ones, and private ones where a site's file allows it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from items import Site, sources_of

# IANA's special-purpose registries; Python's `is_global` differs from version to version.
_PRIVATE_4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # Azure's host agent: local, though the number is public.
        "168.63.129.16/32",
    )
]
# Of IPv6 only global unicast, without its special blocks: IETF protocols with Teredo, documentation,
# 6to4 (Teredo and 6to4 carry an IPv4 address that nobody checked).
_PUBLIC_6 = IPv6Network("2000::/3")
_RESERVED_6 = [
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether the textual address is on the public internet."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _PRIVATE_4)
    if ip in _NAT64:
        return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip in _PUBLIC_6 and not any(ip in network for network in _RESERVED_6)


class PrivatePermissions:
    """Of the whole process, since it has one resolver: the hosts that may have a private address, with
    the number of crawls that permit each, and the last refusals (host → address).
    """

    def __init__(self) -> None:
        self.private: Counter[str] = Counter()
        self.refused: dict[str, str] = {}

    def permit(self, hosts: Iterable[str]) -> None:
        self.private.update(hosts)

    def withdraw(self, hosts: Iterable[str]) -> None:
        self.private.subtract(hosts)
        self.private = +self.private


permissions = PrivatePermissions()


def own_host_ports(site: Site) -> set[tuple[str, int]]:
    """The hosts and ports that the site's file names."""
    named = (site.homepage, *(url for _, url in sources_of(site)))
    return {host_port(url) for url in named if url}


# A request's address is asked about at every station that it passes.
@lru_cache(maxsize=256)
def host_port(url: str) -> tuple[str, int]:
    """443 counts as 80, since sites move between them."""
    parts = urlsplit(url)
    try:
        port = parts.port or 80
    except ValueError:
        port = 0
    return normal_host(parts.hostname or ""), 80 if port == 443 else port


def usable_addresses(host: str, addresses: Sequence[str]) -> list[str]:
    """Those of the addresses of `host` that may be connected to; a refusal is recorded."""
    name = normal_host(host)
    if name in permissions.private:
        return list(addresses)
    allowed = [address for address in addresses if is_public(address)]
    if addresses and not allowed:
        permissions.refused[name] = addresses[0]
    return allowed


def normal_host(host: str) -> str:
    """The host in lower case and ASCII, without brackets or a final dot."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host
