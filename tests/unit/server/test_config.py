import pytest

from server.config import ConfigError, MediaMode, Settings, at_port, from_environment


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
    "environ",
    [
        {"HEARTH_PORT": "many"},
        {"HEARTH_PORT": "70000"},
        {"HEARTH_MEDIA": "somewhere"},
        {"HEARTH_PUBLIC_URL": "meet.example.org"},
        {"HEARTH_PUBLIC_URL": "https://meet.example.org/path"},
        {"HEARTH_TRUSTED_PROXIES": "my proxy"},
        {"HEARTH_CERTIFICATE": "/tmp/one.pem"},
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_words(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        from_environment(environ)


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
