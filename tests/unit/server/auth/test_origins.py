import pytest

from server.auth.origins import allowed_hosts, allowed_origins, is_our_socket, require_same_origin
from server.config import Settings, at_port
from server.errors import HttpError

PUBLIC = Settings(public_url="https://meet.example.org", port=8470)
ORIGINS = allowed_origins(PUBLIC)


def test_the_public_origin_is_the_only_one() -> None:
    assert {"https://meet.example.org"} == ORIGINS
    assert "meet.example.org" in allowed_hosts(PUBLIC)


def test_this_machine_has_two_names() -> None:
    assert allowed_origins(at_port(Settings(), 9000)) == {"http://127.0.0.1:9000", "http://localhost:9000"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "https://meet.example.org"},
    ],
)
def test_our_own_page_may_change_things(headers: dict[str, str]) -> None:
    require_same_origin(headers, ORIGINS)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "origin": "https://meet.example.org"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "null"},
        {"origin": "https://meet.example.org.evil.example"},
        {"origin": "http://meet.example.org"},
    ],
)
def test_nobody_else_may(headers: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        require_same_origin(headers, ORIGINS)
    assert (refused.value.status, refused.value.code) == (403, "request.cross_site")


def test_a_socket_needs_exactly_our_origin_once() -> None:
    assert is_our_socket(["https://meet.example.org"], ORIGINS)
    assert not is_our_socket([], ORIGINS)
    assert not is_our_socket(["https://meet.example.org"] * 2, ORIGINS)
    assert not is_our_socket(["https://MEET.example.org"], ORIGINS)
