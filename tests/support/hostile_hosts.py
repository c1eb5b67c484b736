"""Addresses inside that no crawl may reach, and the TLS of a server that nobody vouches for."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Where a crawl would be sent; {port} is that of a server which must not be asked.
INSIDE = [
    "http://127.0.0.1:{port}/inside",
    "http://localhost:{port}/inside",
    "http://localhost.:{port}/inside",
    "http://2130706433:{port}/inside",
    "http://0x7f.1:{port}/inside",
    "http://0177.0.0.1:{port}/inside",
    "http://127.1:{port}/inside",
    "http://0:{port}/inside",
    "http://0.0.0.0:{port}/inside",
    "http://[::1]:{port}/inside",
    "http://[::ffff:127.0.0.1]:{port}/inside",
    "http://[0:0:0:0:0:ffff:7f00:1]:{port}/inside",
    "http://１２７.０.０.１:{port}/inside",
    "http://rebound.example:{port}/inside",
    "http://user@127.0.0.1:{port}/inside",
]


def self_signed(folder: Path) -> ssl.SSLContext:
    """The TLS of a server at 127.0.0.1 whose certificate it has signed itself."""
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
    file = folder / "certificate.pem"
    form = serialization.PrivateFormat.TraditionalOpenSSL
    secret = serialization.NoEncryption()
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, secret)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
