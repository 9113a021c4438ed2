"""Snapshot plus events is a fresh snapshot: for every viewer, through the JSON that is stored and sent."""

from collections.abc import Sequence

import msgspec

from meetings.apply import apply, fold
from meetings.entities import Entity
from meetings.events import Recorded
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting
from meetings.view import view

_recorded_decoder = msgspec.json.Decoder(Recorded)
_entities_decoder = msgspec.json.Decoder(dict[str, Entity])
_meeting_decoder = msgspec.json.Decoder(Meeting)


def verify(before: Sequence[Recorded], news: Sequence[Recorded]) -> Meeting:
    """Check that the stored log folds to the same state in one go and step by step, that the state itself survives
    JSON, and that each viewer's old map plus what changed is their fresh map. Returns the state after `news`."""
    stored = [_recorded_decoder.decode(msgspec.json.encode(one)) for one in (*before, *news)]
    assert stored == [*before, *news]
    after = fold(stored)
    assert _meeting_decoder.decode(msgspec.json.encode(after)) == after
    stepped = fold(before) if before else None
    seen = _views(stepped) if stepped is not None else {}
    for one in news:
        stepped = apply(stepped, one)
        seen = _changed(seen, stepped)
    assert stepped == after
    for seat, fresh in _views(after).items():
        assert seen.get(seat, fresh) == fresh
    return after


def difference(old: dict[str, Entity], new: dict[str, Entity]) -> tuple[dict[str, Entity], tuple[str, ...]]:
    """What a room sends: entities that are new or changed, and keys that are gone."""
    changed = {key: entity for key, entity in new.items() if old.get(key) != entity}
    return changed, tuple(key for key in old if key not in new)


def devices(meeting: Meeting) -> set[tuple[ParticipantId, DeviceId]]:
    """Every seat worth looking at: admitted and waiting devices, and a strange device of each person."""
    seats = {(one, DeviceId("strange-device")) for one in meeting.participants}
    seats |= set(meeting.admitted.items())
    return seats | {(one.participant_id, one.device_id) for one in meeting.waiting}


def _views(meeting: Meeting) -> dict[tuple[ParticipantId, DeviceId], dict[str, Entity]]:
    return {seat: view(meeting, *seat) for seat in devices(meeting)}


def _changed(
    seen: dict[tuple[ParticipantId, DeviceId], dict[str, Entity]], meeting: Meeting
) -> dict[tuple[ParticipantId, DeviceId], dict[str, Entity]]:
    after = {}
    for seat in seen.keys() | devices(meeting):
        old = seen.get(seat, {})
        entities, gone = difference(old, view(meeting, *seat))
        entities = _entities_decoder.decode(msgspec.json.encode(entities))
        after[seat] = {key: entity for key, entity in {**old, **entities}.items() if key not in gone}
    return after
