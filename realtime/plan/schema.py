"""Reads a Yjs document as a case plan: the only place, with `engine_process`, that touches pycrdt.

Runs in the engine's child process only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pycrdt import Doc, Map, Text

from meetings.plan import ActionStep, Card, CasePlan, OwnWords, Section
from meetings.plan import plan_sha256 as plan_sha256
from meetings.words import plain
from realtime.plan.outline import ROOTS, STEPS_ROOT, TEMPLATE, WORDS_PREFIX, FieldKind, Root, root_named

PlanDoc = Doc[Any]


def document(updates: Sequence[bytes]) -> PlanDoc:
    """The document these updates make, its roots typed by the outline."""
    doc: PlanDoc = Doc()
    for update in updates:
        doc.apply_update(update)
    for name in {*doc.keys(), *(root.name for root in ROOTS)}:
        if (root := root_named(name)) is not None:
            doc.get(name, type=Map if root.fields else Text)
    return doc


def contents(doc: PlanDoc) -> dict[str, Any]:
    """Everything the document says, in plain values, by root; empty roots are left out."""
    values: dict[str, Any] = {}
    for name in sorted(doc.keys()):
        root = root_named(name)
        if root is None:
            continue
        value = doc.get(name, type=Map).to_py() if root.fields else str(doc.get(name, type=Text))
        if value:
            values[name] = value
    return values


def content_sha256(doc: PlanDoc) -> str:
    """Hash of the contents: equal for two histories that say the same."""
    return hashlib.sha256(msgspec.json.encode(contents(doc), order="sorted")).hexdigest()


def case_plan(doc: PlanDoc) -> CasePlan:
    """The plan as it is filed: sections as in the outline, cards by their order key and id, texts made plain."""
    values = contents(doc)
    sections = tuple(_section(root, values.get(root.name)) for root in ROOTS if root.name != STEPS_ROOT)
    words = {name.removeprefix(WORDS_PREFIX): text for name, text in values.items() if name.startswith(WORDS_PREFIX)}
    return CasePlan(
        template=TEMPLATE,
        sections=sections,
        steps=tuple(_step(key, card) for key, card in _in_order(values.get(STEPS_ROOT) or {})),
        own_words=tuple(
            OwnWords(participant_id=participant_id, text=plain(text)) for participant_id, text in sorted(words.items())
        ),
    )


def _section(root: Root, value: Any) -> Section:
    if not root.fields:
        return Section(id=root.section, text=plain(value or ""))
    texts = [field.name for field in root.fields if field.kind is FieldKind.TEXT]
    cards = tuple(
        Card(id=key, fields={name: plain(_string(card.get(name))) for name in texts})
        for key, card in _in_order(value or {})
    )
    return Section(id=root.section, cards=cards)


def _step(key: str, card: Mapping[str, Any]) -> ActionStep:
    return ActionStep(
        id=key,
        what=plain(_string(card.get("what"))),
        who=plain(_string(card.get("who"))),
        by_when=_string(card.get("by_when")),
        done=card.get("done") is True,
    )


def _in_order(cards: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Cards by order key, then id; what is no card is left out."""
    found = [(key, card) for key, card in cards.items() if isinstance(card, Mapping)]
    return sorted(found, key=lambda pair: (_string(pair[1].get("order")), pair[0]))


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
