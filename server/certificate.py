"""A self-made certificate for the local network, so that a phone's browser lets the page use camera and microphone."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=365)  # phones refuse more than 398 days
RENEW_BEFORE = timedelta(days=14)


def lan_address() -> str:
    """This machine's address on the local network; 127.0.0.1 without one. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: never routed; only asks which interface would be used
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def self_made(folder: Path, addresses: list[str], now: datetime | None = None) -> tuple[Path, Path]:
    """Paths of certificate and key (PEM) for `addresses`, kept in `folder` and made anew when they no longer fit."""
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key = folder / "certificate.pem", folder / "certificate-key.pem"
    if not (key.is_file() and certificate.is_file() and _fits(certificate.read_bytes(), addresses, now)):
        made_key, made_certificate = _made(addresses, now)
        key.touch(mode=0o600)
        key.write_bytes(made_key)
        certificate.write_bytes(made_certificate)
    return certificate, key


def _fits(pem: bytes, addresses: list[str], now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(pem)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    held = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return set(addresses) <= held and found.not_valid_after_utc - RENEW_BEFORE > now


def _made(addresses: list[str], now: datetime) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hearth on the local network")])
    alternatives: list[x509.GeneralName] = [x509.DNSName("localhost")]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in dict.fromkeys(addresses)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem_key, certificate.public_bytes(serialization.Encoding.PEM)
