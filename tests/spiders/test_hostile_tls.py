"""A server without a trustworthy certificate is not read."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import web_server as webserver
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from web_server import Web, rss

from items import Site
from spiders.runner import CrawlResult


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Web]:
    """A server with a self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    form = serialization.PrivateFormat.TraditionalOpenSSL
    secret = serialization.NoEncryption()
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, secret)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with webserver.serve(tls=context) as web:
        yield web


def test_a_certificate_that_no_one_vouches_for_is_refused(
    impostor: Web, crawl: Callable[..., CrawlResult]
) -> None:
    impostor.pages["/feed"] = rss(impostor.url, [1])
    feeds = (f"{impostor.url}/feed",)
    result = crawl(Site("x", f"{impostor.url}/", feeds=feeds, delay=0.0, allow_private=True))
    assert result.outcome == "failed"
    assert "TLS" in result.trouble
    assert impostor.asked == []
