"""Reading JSON bodies strictly: type, size (the doorway's), shape."""

from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs

import msgspec
from litestar import Request

from server.errors import HttpError

T = TypeVar("T")


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body that carries a choice of language."""

    language: Literal["en", "es"]


async def json_body(request: Request[Any, Any, Any], shape: type[T]) -> T:
    """The request's body as `shape`.

    Raises HttpError 415 (not JSON), 400 `request.malformed` (not parseable), 422 `body.invalid` (other fields).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HttpError(415)
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise HttpError(422) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400) from error


async def form_field(request: Request[Any, Any, Any], name: str) -> str:
    """One field of a plain HTML form; "" when it is not there. Raises HttpError 415, 400 (more than 10 fields)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HttpError(415, "body.not_form", "The body must be a plain form.")
    try:
        fields = parse_qs((await request.body()).decode(), max_num_fields=10)
    except ValueError as error:
        raise HttpError(400) from error
    return fields.get(name, [""])[0]
