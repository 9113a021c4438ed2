import pytest

from server.auth import cookies

VALUE = "A" * 43


def test_every_cookie_is_host_bound_secure_and_of_this_site() -> None:
    for cookie in (
        cookies.staff_cookie(VALUE),
        cookies.csrf_cookie(VALUE),
        cookies.guest_cookie(VALUE),
        cookies.ended(cookies.STAFF),
        cookies.ended(cookies.GUEST),
        cookies.ended(cookies.CSRF),
    ):
        line = cookie.to_header(header="").lower()
        assert cookie.key.startswith("__Host-")
        assert "secure" in line and "path=/" in line and "domain" not in line and "samesite=" in line
        assert ("httponly" in line) == (cookie.key != cookies.CSRF)


def test_a_cookie_is_read_from_among_others() -> None:
    headers = [(b"cookie", f"a=b; __Host-sid={VALUE}; c=d".encode())]
    assert cookies.read(headers, cookies.STAFF) == VALUE
    assert cookies.read(headers, cookies.GUEST) is None


@pytest.mark.parametrize(
    "line",
    [
        f"__Host-sid={VALUE}; __Host-sid={'B' * 43}",
        "__Host-sid=",
        "__Host-sid=short",
        f'__Host-sid="{VALUE}"',
        f"__Host-sid={VALUE}%00",
        f"__Host-sid={'A' * 300}",
        f"__host-sid={VALUE}",
        "x" * 20_000 + f"; __Host-sid={VALUE}",
    ],
)
def test_doubled_or_malformed_cookies_count_as_none(line: str) -> None:
    assert cookies.read([(b"cookie", line.encode())], cookies.STAFF) is None


def test_two_cookie_headers_with_one_name_count_as_none() -> None:
    line = (b"cookie", f"__Host-gid={VALUE}".encode())
    assert cookies.read([line, line], cookies.GUEST) is None


def test_a_digest_is_sha256() -> None:
    assert cookies.digest("abc").startswith("ba7816bf")
