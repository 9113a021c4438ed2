import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from server.certificate import lan_address, self_made

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def names(path: Path) -> set[str]:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    value = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(address) for address in value.get_values_for_type(x509.IPAddress)}


def test_it_names_the_addresses_and_its_key_is_the_owners(tmp_path: Path) -> None:
    certificate, key = self_made(tmp_path, ["192.168.1.20", "127.0.0.1"], NOW)
    assert names(certificate) == {"192.168.1.20", "127.0.0.1"}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_is_kept_while_it_fits_and_made_anew_when_not(tmp_path: Path) -> None:
    certificate, _ = self_made(tmp_path, ["192.168.1.20"], NOW)
    first = certificate.read_bytes()
    assert self_made(tmp_path, ["192.168.1.20"], NOW)[0].read_bytes() == first
    assert self_made(tmp_path, ["192.168.1.21"], NOW)[0].read_bytes() != first
    second = certificate.read_bytes()
    assert self_made(tmp_path, ["192.168.1.21"], NOW + timedelta(days=360))[0].read_bytes() != second


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    certificate, _ = self_made(tmp_path, ["10.0.0.1"], NOW)
    certificate.write_text("not a certificate")
    assert names(self_made(tmp_path, ["10.0.0.1"], NOW)[0]) == {"10.0.0.1"}


def test_the_lan_address_is_an_address() -> None:
    assert ipaddress.ip_address(lan_address())
