"""Addresses of Redis by line and by parts; no refusal holds a piece of a password."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.bus.address import AddressError, check_reading, check_redis, placed, redis_address
from realtime.bus.redis_bus import pool

HARD = "pa/ss #wo@rd?%41:'\"$&é"


def refused(**environ: str) -> str:
    with pytest.raises(AddressError) as refusal:
        redis_address({f"HEARTH_REDIS_{name}": value for name, value in environ.items()})
    return str(refusal.value)


@given(password=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_password_among_the_parts_arrives_whole(password: str) -> None:
    environ = {"HEARTH_REDIS_HOST": "redis", "HEARTH_REDIS_PASSWORD": password}
    url = redis_address(environ)
    check_redis(url)
    options = pool(url).connection_kwargs
    assert (options["host"], options["port"], options["db"], options["password"]) == ("redis", 6379, 0, password)


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        ({}, ""),
        ({"URL": " redis://bus "}, "redis://bus"),
        ({"URL": "redis://bus", "HOST": "", "PASSWORD": ""}, "redis://bus"),
        ({"HOST": "redis"}, "redis://redis:6379/0"),
        ({"HOST": "2001:db8::1", "PORT": "6380", "USER": "a/b"}, "redis://a%2Fb:@[2001:db8::1]:6380/0"),
    ],
)
def test_line_or_parts(parts: dict[str, str], url: str) -> None:
    assert redis_address({f"HEARTH_REDIS_{name}": value for name, value in parts.items()}) == url


def test_parts_that_do_not_make_an_address_are_named() -> None:
    assert "both set" in refused(URL="redis://bus", HOST="redis")
    assert refused(PASSWORD=HARD) == "HEARTH_REDIS_HOST is missing: HEARTH_REDIS_PASSWORD is set without it."
    for host, port in (("re/dis", "1"), ("user:pw@redis", "1"), ("redis", "70000"), ("redis", "six")):
        assert "a name or an IP address, and a port" in refused(HOST=host, PORT=port)
    assert placed({"HEARTH_DATABASE_HOST": "db"}, "HEARTH_DATABASE", "5432") == "db:5432"


@pytest.mark.parametrize("sign", ["/", "#", "?", "@", ":/", "@@", "#@", "/?x=", "[", "]", " "])
@pytest.mark.parametrize("start", ["canary", "12", ""])
def test_an_unquoted_password_in_a_line_is_refused_without_a_piece_of_it(start: str, sign: str) -> None:
    url = f"redis://:{start}{sign}tailofit@redis:6379/0"
    try:
        check_redis(url)
    except AddressError as refusal:
        assert not re.search("canary|tailofit|12", str(refusal))
    else:
        assert pool(url).connection_kwargs["host"] == "redis", "what is taken has one reading"


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@host:6379/0",
        "redis://host",
        "rediss://u:p@[2001:db8::1]:1/2?db=1&ssl_ca_certs=/etc/ca.pem",
        "unix://:a@/run/redis.sock?db=0",
    ],
)
def test_one_reading_is_taken(url: str) -> None:
    check_redis(url)


@pytest.mark.parametrize("url", ["nonsense", "http://a/", "redis://a:b/0", "redis://a/0?bogus=1", "redis://a/0?db=x"])
def test_no_address_of_redis(url: str) -> None:
    with pytest.raises(AddressError, match=r"^HEARTH_REDIS_URL \(--redis\) .*\.$"):
        check_redis(url)


def test_what_is_no_address_at_all_has_no_reading() -> None:
    with pytest.raises(AddressError, match="Set HEARTH_DATABASE_HOST"):
        check_reading("postgresql://u:p@[host/db", "HEARTH_DATABASE_URL", "HEARTH_DATABASE")
