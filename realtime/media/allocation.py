"""Who is in which slot: those who stay keep their place. [pure]"""

from collections.abc import Sequence

from meetings.ids import ParticipantId

Slots = tuple[ParticipantId | None, ...]


def assign(slots: Slots, wanted: Sequence[ParticipantId]) -> Slots:
    """The first of `wanted` that fit, each in the slot it already has or else in the first free one."""
    chosen = list(dict.fromkeys(wanted))[: len(slots)]
    kept: list[ParticipantId | None] = [one if one in chosen else None for one in slots]
    arriving = [one for one in chosen if one not in kept]
    for place, one in enumerate(kept):
        if one is None and arriving:
            kept[place] = arriving.pop(0)
    return tuple(kept)
