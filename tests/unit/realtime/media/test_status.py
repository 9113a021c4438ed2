"""The status port of a media node: health for everyone, counts by token, nothing else for anyone."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from realtime.media.status import CannotTell, Status

TOKEN = "of-those-who-watch"
WELL = {"is_well": True}


@pytest.fixture
def status() -> Iterator[Status]:
    made = Status("127.0.0.1", 0, TOKEN, lambda: WELL["is_well"], {"peers": lambda: 7})
    yield made
    made.close()


def get(port: int, path: str, authorization: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Authorization": authorization} if authorization else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_health_is_told_to_everyone(status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(status.port, "/healthz") == (200, "alive\n")
    monkeypatch.setitem(WELL, "is_well", False)
    assert get(status.port, "/healthz") == (503, "not well\n")


def test_counts_are_for_who_shows_the_token(status: Status) -> None:
    code, text = get(status.port, "/metrics", f"Bearer {TOKEN}")
    assert code == 200 and "hearth_media_peers 7.0" in text
    for shown in ("", "Bearer", "Bearer wrong", TOKEN, f"Bearer {TOKEN} "[:-2]):
        assert get(status.port, "/metrics", shown)[0] == 404
    assert get(status.port, "/")[0] == 404


def test_without_a_token_there_are_no_counts_for_anyone() -> None:
    status = Status("127.0.0.1", 0, "", lambda: True, {})
    for shown in ("", "Bearer ", "Bearer"):
        assert get(status.port, "/metrics", shown)[0] == 404
    status.close()


def test_a_taken_port_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotTell, match=r"cannot listen on 127\.0\.0\.1:\d+ .*HEARTH_STATUS"):
            Status("127.0.0.1", taken.getsockname()[1], "", lambda: True, {})
