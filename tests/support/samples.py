"""A value for any message or body, made from its type: what is added to a union is tried without being listed anew."""

import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import inspect

A_MONTH_AHEAD = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT12:00:00Z")

# Texts that are one of a list which their type does not tell.
_WORDS = {"time_zone": "America/New_York", "practice": "tdm"}


def members(union: Any) -> tuple[type[Any], ...]:
    """The types of a union, in its order."""
    assert isinstance(union, types.UnionType)
    return typing.get_args(union)


def id_names(wanted: Any) -> set[str]:
    """The fields of a struct that name something: `…_id` and `…_ids`, at any depth."""
    return _id_names(inspect.type_info(wanted))


def samples(wanted: type[Any], given: Mapping[str, object]) -> list[Any]:
    """Instances of the struct `wanted` with every field filled: those in `given` by their names, which must be all its
    ids, and others with the first value that is allowed; once with every yes and once with every no, if it has any."""
    info = inspect.type_info(wanted)
    yes, no = (msgspec.convert(_Filling(given, is_so).value(info), wanted) for is_so in (True, False))
    return [yes] if yes == no else [yes, no]


def _id_names(info: inspect.Type) -> set[str]:
    match info:
        case inspect.StructType():
            named = {field.name for field in info.fields if field.name.endswith(("_id", "_ids"))}
            return named.union(*(_id_names(field.type) for field in info.fields))
        case inspect.UnionType(types=inner):
            return set().union(*(_id_names(one) for one in inner))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _id_names(item)
    return set()


class _Filling(msgspec.Struct, frozen=True):
    given: Mapping[str, object]
    is_so: bool

    def value(self, info: inspect.Type) -> Any:
        match info:
            case inspect.StructType():
                tag = {info.tag_field: info.tag} if info.tag_field else {}
                return tag | {field.encode_name: self.field(field) for field in info.fields}
            case inspect.UnionType(types=inner):
                return self.value(next(one for one in inner if not isinstance(one, inspect.NoneType)))
            case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
                return [self.value(item)] if _id_names(item) else []
            case inspect.EnumType(cls=kind):
                return next(iter(kind)).value
            case inspect.LiteralType(values=values):
                return values[0]
            case inspect.StrType(pattern="^[0-9a-f]{64}$"):
                return "0" * 64
            case inspect.StrType(pattern=None):
                return "x" * (info.min_length or 1)
            case inspect.IntType():
                return info.ge or 0
            case inspect.BoolType():
                return self.is_so
            case inspect.DateTimeType():
                return A_MONTH_AHEAD
        raise AssertionError(f"tests.support.samples has no value for {info}: give it one")

    def field(self, field: inspect.Field) -> Any:
        if field.name in self.given or field.name in _WORDS:
            return self.given.get(field.name, _WORDS.get(field.name))
        is_id = field.name.endswith(("_id", "_ids"))
        assert not is_id, f"whose {field.name} is to be tried? Add it to the ids of the test"
        return self.value(field.type)
