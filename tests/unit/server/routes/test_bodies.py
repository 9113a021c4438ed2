"""Bodies are read strictly: the right type, the right shape, nothing else."""

import pytest

from server.errors import HttpError
from server.routes.bodies import Language, form_field, json_body
from tests.support.requests import request

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", [JSON, "Application/JSON; charset=utf-8"])
async def test_a_body_of_the_right_shape_is_read(kind: str) -> None:
    body = await json_body(request("POST", b'{"language":"es"}', content_type=kind), Language)
    assert body == Language(language="es")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("", b'{"language":"es"}', 415),
        ("text/plain", b'{"language":"es"}', 415),
        ("application/json5", b'{"language":"es"}', 415),
        (JSON, b"", 400),
        (JSON, b"{", 400),
        (JSON, b'{"language":"\xff"}', 400),
        (JSON, b"{}", 422),
        (JSON, b"[]", 422),
        (JSON, b'{"language":"fr"}', 422),
        (JSON, b'{"language":"es","role":"supervisor"}', 422),
    ],
)
async def test_anything_else_is_refused(kind: str, body: bytes, status: int) -> None:
    with pytest.raises(HttpError) as refusal:
        await json_body(request("POST", body, content_type=kind), Language)
    assert refusal.value.status == status


async def test_a_field_of_a_plain_form() -> None:
    body = b"link=https%3A%2F%2Fmeet.example%2Fj%23abc&lang=en"
    assert await form_field(request("POST", body, content_type=FORM), "link") == "https://meet.example/j#abc"
    assert await form_field(request("POST", body, content_type=FORM), "other") == ""


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [(JSON, b"link=a", 415), (FORM, b"&".join([b"a=1"] * 11), 400), (FORM, b"link=\xff\xfe", 400)],
)
async def test_another_form_is_refused(kind: str, body: bytes, status: int) -> None:
    with pytest.raises(HttpError) as refusal:
        await form_field(request("POST", body, content_type=kind), "link")
    assert refusal.value.status == status
