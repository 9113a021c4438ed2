"""A media node's settings: from flags and the environment; refused in one sentence without a piece of a password."""

import pytest

from realtime.media.node_settings import arguments


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "HOST", "PORT", "USER", "PASSWORD"):
        monkeypatch.delenv(f"HEARTH_REDIS_{name}", raising=False)


def test_redis_by_parts_with_any_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"REDIS_HOST": "bus", "REDIS_PASSWORD": "a/b#c@d", "METRICS_TOKEN": "t" * 16}.items():
        monkeypatch.setenv(f"HEARTH_{name}", value)
    found = arguments(["--status", "127.0.0.1:8473"])
    assert (found.redis, found.status, found.metrics_token) == (
        "redis://:a%2Fb%23c%40d@bus:6379/0",
        "127.0.0.1:8473",
        "t" * 16,
    )


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ([], "HEARTH_REDIS_HOST is needed"),
        (["--redis", "redis://:ca/nary@bus:6379/0"], "HEARTH_REDIS"),
        (["--redis", "redis://:ca#nary@bus:6379/0"], "HEARTH_REDIS"),
        (["--redis", "redis://:ca@nary@bus:6379/0"], "HEARTH_REDIS_PASSWORD"),
        (["--redis", "redis://bus", "--port", "70000"], "HEARTH_MEDIA_PORT"),
        (["--redis", "redis://bus", "--host", "nowhere"], "HEARTH_MEDIA_HOST"),
        (["--redis", "redis://bus", "--status", "8473"], "HEARTH_STATUS"),
        (["--redis", "redis://bus", "--status", "a:99999"], "HEARTH_STATUS"),
    ],
)
def test_what_cannot_be_used_is_named(flags: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(flags)
    told = capsys.readouterr().err
    assert ended.value.code == 2 and says in told
    assert "nary" not in told and "ca/" not in told
