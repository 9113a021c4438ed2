"""Real updates with bytes changed, cut, doubled: the inspector says yes or no, and never forgets where it was."""

from random import Random

import pytest

from realtime.plan import schema
from realtime.plan.inspector import Inspector, Sender
from realtime.plan.refusals import TEXTS, PlanUpdateError
from realtime.plan.structs import STEP_TWO
from tests.support.plan_peer import writes_as
from tests.support.yjs_corpus import stories

STEPS = [step for story in stories()[:11] for step in story.steps]


def bent(random: Random, data: bytes) -> bytes:
    """The update with one to three things wrong."""
    out = bytearray(data)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(out)) if out else 0
        match random.randrange(5):
            case 0 if out:
                out[at] = random.randrange(256)
            case 1 if out:
                out[at] ^= 1 << random.randrange(8)
            case 2:
                del out[at : at + random.randint(1, 4)]
            case 3:
                out[at:at] = bytes(random.randrange(256) for _ in range(random.randint(1, 4)))
            case _:
                out[at:at] = out[at : at + random.randint(1, 16)]
    return bytes(out)


@pytest.mark.parametrize("seed", range(40))
def test_bent_updates_do_no_harm(seed: int) -> None:
    random = Random(seed)
    gate, rows, refused, taken = Inspector(), list[bytes](), 0, 0
    for step in random.choice(stories()[:11]).steps * 4:
        sender = Sender(client_id=step.client_id, client_ids={step.client_id}, may_write=writes_as(step.participant_id))
        for update in (bent(random, step.update), bent(random, random.choice(STEPS).update), step.update):
            before = gate.state_vector()
            try:
                new = gate.inspect(update, sender, STEP_TWO)
            except PlanUpdateError as error:
                assert error.code in TEXTS
                assert gate.state_vector() == before
                refused += 1
            else:
                rows += [row.update for row in new]
                taken += 1
    print(f"seed {seed}: {refused} refused, {taken} taken")
    assert refused and taken
    again = Inspector()
    for row in rows:
        again.admit(row)
    assert again.state_vector() == gate.state_vector()
    compacted = schema.document(rows).get_update()
    third = Inspector()
    third.admit(compacted)
    assert third.state_vector() == gate.state_vector()
    assert schema.content_sha256(schema.document([compacted])) == schema.content_sha256(schema.document(rows))
