"""TypeScript types of the wire, made from the message structs. [pure]

`python -m realtime.protocol_ts > web/src/live/protocol.gen.ts`. What the browser sends may leave out fields with
defaults; what the server sends is always whole.
"""

import sys
from collections.abc import Iterator
from typing import Any, get_args

from msgspec import inspect

from meetings.commands import PersonCommand
from meetings.entities import Entity
from meetings.participants import FAMILY_ROLES, STAFF_ROLES
from realtime import errors
from realtime.messages import VERSION, ClientMessage, ServerMessage

UNIONS: dict[str, Any] = {
    "ClientMessage": ClientMessage,
    "ServerMessage": ServerMessage,
    "PersonCommand": PersonCommand,
    "Entity": Entity,
}
PLAIN: dict[type[inspect.Type], str] = {
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.StrType: "string",
    inspect.DateTimeType: "string",
    inspect.BytesType: "string",
}
"""JSON's own types. A message with any other kind is a KeyError here, before a browser has to guess."""

_HEADER = """// Made by `python -m realtime.protocol_ts` from realtime/messages.py and what it names. Do not edit.
// Times are ISO 8601 in UTC; fields keep the wire's names.
"""


def source() -> str:
    """The whole TypeScript file."""
    infos = {name: inspect.type_info(union) for name, union in UNIONS.items()}
    sent = {struct.cls for struct in _structs(infos["ClientMessage"])}
    structs: dict[type, inspect.StructType] = {}
    enums: dict[type, inspect.EnumType] = {}
    for info in infos.values():
        structs.update({struct.cls: struct for struct in _structs(info)})
        enums.update({enum.cls: enum for enum in _enums(info)})
    parts = [_HEADER, f"export const VERSION = {VERSION};\n", _close_codes(), _roles()]
    parts += [_enum(enums[cls]) for cls in sorted(enums, key=lambda cls: cls.__name__)]
    parts += [_interface(structs[cls], cls in sent) for cls in sorted(structs, key=lambda cls: cls.__name__)]
    parts += [_union(name, union) for name, union in UNIONS.items()]
    return "\n".join(parts)


def _close_codes() -> str:
    codes = {name.removeprefix("CLOSE_"): code for name, code in vars(errors).items() if name.startswith("CLOSE_")}
    lines = "".join(f"  {name}: {code},\n" for name, code in sorted(codes.items(), key=lambda item: item[1]))
    return f"export const CLOSE = {{\n{lines}}} as const;\n"


def _roles() -> str:
    def names(roles: frozenset[Any]) -> str:
        return ", ".join(f'"{role}"' for role in sorted(roles))

    return (
        f"export const FAMILY_ROLES: readonly Role[] = [{names(FAMILY_ROLES)}];\n"
        f"export const STAFF_ROLES: readonly Role[] = [{names(STAFF_ROLES)}];\n"
    )


def _structs(info: inspect.Type) -> Iterator[inspect.StructType]:
    for found in _walk(info, set()):
        if isinstance(found, inspect.StructType):
            yield found


def _enums(info: inspect.Type) -> Iterator[inspect.EnumType]:
    for found in _walk(info, set()):
        if isinstance(found, inspect.EnumType):
            yield found


def _walk(info: inspect.Type, seen: set[type]) -> Iterator[inspect.Type]:
    """The type and every type inside it, each struct once."""
    if isinstance(info, inspect.StructType):
        if info.cls in seen:
            return
        seen.add(info.cls)
    yield info
    for inner in _inner(info):
        yield from _walk(inner, seen)


def _inner(info: inspect.Type) -> tuple[inspect.Type, ...]:
    match info:
        case inspect.StructType(fields=fields):
            return tuple(field.type for field in fields)
        case inspect.UnionType(types=types):
            return types
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return (item,)
        case inspect.DictType(key_type=key, value_type=value):
            return (key, value)
    return ()


def _enum(info: inspect.EnumType) -> str:
    values = " | ".join(f'"{member.value}"' for member in info.cls)
    return f"{_comment(info.cls)}export type {info.cls.__name__} = {values};\n"


def _interface(info: inspect.StructType, is_sent: bool) -> str:
    lines = []
    if info.tag_field is not None:
        lines.append(f'  {info.tag_field}: "{info.tag}";\n')
    for field in info.fields:
        mark = "?" if is_sent and not field.required else ""
        lines.append(f"  {field.encode_name}{mark}: {_type(field.type)};\n")
    return f"{_comment(info.cls)}export interface {info.cls.__name__} {{\n{''.join(lines)}}}\n"


def _comment(cls: type) -> str:
    first = (cls.__doc__ or "").strip().splitlines()
    return f"/** {first[0]} */\n" if first else ""


def _union(name: str, union: Any) -> str:
    return f"export type {name} =\n" + "".join(f"  | {member.__name__}\n" for member in get_args(union)) + ";\n"


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.StructType(cls=cls) | inspect.EnumType(cls=cls):
            return cls.__name__
        case inspect.UnionType():
            return _union_type(info)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            inner_type = _type(item)
            return f"({inner_type})[]" if " " in inner_type else f"{inner_type}[]"
        case inspect.DictType(value_type=value):
            return f"Record<string, {_type(value)}>"
    return PLAIN[type(info)]


def _union_type(info: inspect.UnionType) -> str:
    members = {member.cls for member in info.types if isinstance(member, inspect.StructType)}
    for name, union in UNIONS.items():
        if members == set(get_args(union)):
            return name
    return " | ".join(dict.fromkeys(_type(member) for member in info.types))


if __name__ == "__main__":
    sys.stdout.write(source())
