import re
from pathlib import Path

import pytest

from server.certificate import self_made
from server.config import ConfigError, MediaMode, Settings, at_port, line_to_set
from server.environment import from_environment

ROOT = Path(__file__).resolve().parents[3]


def test_defaults_listen_on_this_machine_only() -> None:
    settings = from_environment({})
    assert (settings.host, settings.port, settings.media_port) == ("127.0.0.1", 8470, 8471)
    assert settings.public_url == "http://127.0.0.1:8470"
    assert settings.sqlalchemy_url.startswith("sqlite+aiosqlite:///")
    assert settings.media is MediaMode.EMBEDDED


def test_environment_is_read_and_the_command_line_stands_above_it() -> None:
    environ = {"HEARTH_PORT": "9000", "HEARTH_MEDIA": "external", "HEARTH_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}
    settings = from_environment(environ, port=9100, host=None)
    assert (settings.port, settings.media) == (9100, MediaMode.EXTERNAL)
    assert [str(network) for network in settings.trusted_networks] == ["10.0.0.0/8", "::1/128"]
    assert settings.public_url == "http://127.0.0.1:9100"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@db/hearth", "postgresql+asyncpg://u:p@db/hearth"),
        ("postgres://db/hearth", "postgresql+asyncpg://db/hearth"),
        ("sqlite:////var/hearth.db", "sqlite+aiosqlite:////var/hearth.db"),
    ],
)
def test_database_addresses_get_their_driver(given: str, driver: str) -> None:
    assert from_environment({"HEARTH_DATABASE_URL": given}).sqlalchemy_url == driver


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HEARTH_PORT", "70000"),
        ("HEARTH_MEDIA_PORT", "-1"),
        ("HEARTH_PUBLIC_URL", "meet.example.org"),
        ("HEARTH_PUBLIC_URL", "https://meet.example.org/path"),
        ("HEARTH_PUBLIC_URL", "http://[::1"),
        ("HEARTH_PUBLIC_URL", "https://meet.example.org:99999"),
        ("HEARTH_PUBLIC_URL", "https://meet.example.org:door"),
        ("HEARTH_TRUSTED_PROXIES", "my proxy"),
        ("HEARTH_CERTIFICATE", "/tmp/one.pem"),
        ("HEARTH_REDIS_URL", "nonsense"),
        ("HEARTH_REDIS_URL", "redis://127.0.0.1:abc/0"),
        ("HEARTH_REDIS_URL", "redis://127.0.0.1:99999/0"),
        ("HEARTH_REDIS_URL", "redis://127.0.0.1/0?bogus=1"),
        ("HEARTH_REDIS_URL", "redis://127.0.0.1/?db=first"),
        ("HEARTH_REDIS_URL", "redis://127.0.0.1/0?ssl_ca_certs=/tmp/ca.pem"),
        ("HEARTH_TIME_ZONE", "Mars/Olympus"),
        ("HEARTH_TIME_ZONE", "../etc/passwd"),
        ("HEARTH_TIME_ZONE", "America"),
        ("HEARTH_MEDIA_HOST", "nonsense"),
        ("HEARTH_MEDIA_HOST", "203.0.113.10,auto"),
        ("HEARTH_MEDIA_HOST", ","),
        ("HEARTH_LOG_LEVEL", "loud"),
        ("HEARTH_OFFICE_PHONE", "our office"),
        ("HEARTH_OFFICE_PHONE", "12"),
        ("HEARTH_QUICK_EXIT_URL", "javascript:alert(1)"),
        ("HEARTH_QUICK_EXIT_URL", "weather"),
        ("HEARTH_QUICK_EXIT_URL", "https://[::1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(setting: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{setting} .*[^.]\.$"):
        from_environment({setting: value})


@pytest.mark.parametrize("environ", [{"HEARTH_PORT": "many"}, {"HEARTH_MEDIA": "somewhere"}])
def test_a_setting_of_another_kind_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="A setting cannot be used"):
        from_environment(environ)


@pytest.mark.parametrize("spoilt", ["missing", "no PEM", "of another key", None])
def test_a_certificate_must_be_there_and_fit_its_key(tmp_path: Path, spoilt: str | None) -> None:
    made, key = self_made(tmp_path, ["127.0.0.1"])
    if spoilt == "missing":
        made.unlink()
    elif spoilt == "no PEM":
        made.write_text("a certificate")
    elif spoilt == "of another key":
        key = self_made(tmp_path / "other", ["127.0.0.1"])[1]
    environ = {"HEARTH_CERTIFICATE": str(made), "HEARTH_CERTIFICATE_KEY": str(key)}
    if spoilt is None:
        assert from_environment(environ).certificate == made
        return
    with pytest.raises(ConfigError, match=r"^HEARTH_CERTIFICATE and HEARTH_CERTIFICATE_KEY cannot be used: .*\.$"):
        from_environment(environ)


@pytest.mark.parametrize(
    "environ",
    [
        {"HEARTH_LOG_LEVEL": "WARNING", "HEARTH_TIME_ZONE": "UTC", "HEARTH_MEDIA_HOST": "203.0.113.10, 2001:db8::1"},
        {"HEARTH_REDIS_URL": "rediss://:a@redis.example:6380/1?ssl_ca_certs=/etc/ca.pem", "HEARTH_MEDIA_HOST": "auto"},
        {"HEARTH_REDIS_URL": "unix://:a@/run/redis.sock?db=0", "HEARTH_PUBLIC_URL": "https://[2001:db8::1]:8443"},
    ],
)
def test_what_can_be_used_is_taken(environ: dict[str, str]) -> None:
    from_environment(environ)


def test_no_agency_is_invented_and_what_is_missing_is_named() -> None:
    nothing = Settings()
    assert (nothing.office_phone, nothing.quick_exit_url, nothing.practice_time_zone) == ("", "", "")
    given = {"HEARTH_OFFICE_PHONE": "+1 (608) 266-1234 x7", "HEARTH_TIME_ZONE": "America/Chicago"}
    assert from_environment(given).unset == ("HEARTH_QUICK_EXIT_URL",)
    assert line_to_set(nothing.unset).count("HEARTH_") == 3
    assert from_environment({**given, "HEARTH_QUICK_EXIT_URL": "https://dull.example/"}).unset == ()


def test_the_public_origin_is_what_browsers_write() -> None:
    settings = from_environment({"HEARTH_PUBLIC_URL": "https://Meet.Example.org/"})
    assert (settings.origin, settings.public_host, settings.is_https) == (
        "https://meet.example.org",
        "meet.example.org",
        True,
    )


def test_a_port_found_later_moves_the_address() -> None:
    assert at_port(Settings(), 4321).public_url == "http://127.0.0.1:4321"
    assert at_port(Settings(), 4321, "::1").public_url == "http://[::1]:4321"


def test_settings_do_not_print_passwords() -> None:
    assert "secret" not in repr(from_environment({"HEARTH_REDIS_URL": "redis://:secret@r/0"}))


def test_every_setting_is_read_by_the_product() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    read = set(re.findall(r"(?<=settings\.)\w+|(?<=self\.)(?!settings)\w+", sources))
    assert [field for field in Settings.__struct_fields__ if field not in read] == []
