"""Two nodes write one meeting at once: the log has one order, nothing twice, nothing lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from meetings.apply import fold
from meetings.attendance import Mode
from meetings.commands import (
    AdjournMeeting,
    ArriveParticipant,
    CloseMeeting,
    FreezePlan,
    HoldRoom,
    JoinParticipant,
    LeaveParticipant,
    OpenMeeting,
    OpenProposal,
    PersonCommand,
    ReadmitParticipant,
    RemoveParticipant,
    SendToWaiting,
    StatePosition,
    ThawPlan,
)
from meetings.errors import MeetingError
from meetings.events import MeetingAdjourned, PlanFrozen
from meetings.ids import DeviceId
from meetings.proposals import Answer
from realtime.ports import PlanFrozenError
from server.persistence import audit_proof, outbox
from server.persistence.unit_of_work import reading
from server.services.links import LinkError
from tests.support.stored import CASE, PRIYA, Stored, StoredMeeting, stored_hearth, written
from tests.support.story import FIRST, SHOWN, WORDS


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


async def test_twenty_arrivals_on_two_nodes_are_twenty_events(stored: Stored, meeting: StoredMeeting) -> None:
    nodes = [stored, stored.other_node()]
    people = [meeting.people[name] for name in ("Dana", "Ruth", "Lee", "Morgan")]
    commands = [
        ArriveParticipant(participant_id=people[at % 4], device_id=DeviceId(f"{at:032x}"), second_device=at > 3)
        for at in range(20)
    ]
    await asyncio.gather(
        *(nodes[at % 2].desk.perform(meeting.id, command, None) for at, command in enumerate(commands))
    )
    events = await stored.desk.events_after(meeting.id, 0)
    assert [entry.number for entry in events] == list(range(1, 22))
    assert {one.device_id for one in fold(events).waiting} == {command.device_id for command in commands}
    async with reading(stored.database) as connection:
        assert len(await outbox.unpublished(connection, stored.clock.now(), 100)) == 21
    assert (await audit_proof.whole(stored.database)).broken is None


async def test_one_of_two_openings_is_refused(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    nodes = [stored, stored.other_node()]
    done = await asyncio.gather(
        *(node.desk.perform(meeting.id, OpenMeeting(), meeting.people["Sam"]) for node in nodes), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["MeetingError", "tuple"]


async def test_every_position_counts_once_however_often_it_is_sent(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in(*meeting.people)
    await meeting.do(OpenMeeting(), "Sam")
    await meeting.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True), "Priya")
    nodes = [stored, stored.other_node()]
    voters = [person for name, person in meeting.people.items() if name != "Sam"]
    answer = StatePosition(proposal_id=FIRST, version=1, text_sha256=SHOWN, answer=Answer.SUPPORT)
    await asyncio.gather(*(node.desk.perform(meeting.id, answer, voter) for voter in voters for node in nodes))
    proposal = fold(await stored.desk.events_after(meeting.id, 0)).proposals[FIRST]
    assert set(proposal.positions) == set(voters)


async def test_no_update_slips_in_behind_a_freeze(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    plan, dana = await meeting.plan_key(), meeting.people["Dana"]
    other = stored.other_node()
    freeze = asyncio.create_task(stored.desk.perform(meeting.id, FreezePlan(), meeting.people["Sam"]))
    appends = [asyncio.create_task(other.plan_log.append(plan, [written(at, dana)])) for at in range(12)]
    done = await asyncio.gather(*appends, return_exceptions=True)
    (entry,) = await freeze
    assert isinstance(entry.event, PlanFrozen)
    numbers = [one[0] for one in done if isinstance(one, list)]
    assert all(isinstance(one, list | PlanFrozenError) for one in done)
    assert entry.event.seq == len(numbers) == len(await stored.plan_log.after(plan, 0))
    assert len(stored.reader.reads[-1]) == entry.event.seq


async def test_two_freezes_at_once_make_one_event(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    nodes = [stored, stored.other_node()]
    done = await asyncio.gather(
        *(node.desk.perform(meeting.id, FreezePlan(), meeting.people["Sam"]) for node in nodes), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["MeetingError", "tuple"]
    with pytest.raises(PlanFrozenError):
        await stored.plan_log.append(await meeting.plan_key(), [written(0, meeting.people["Dana"])])


STOP = AdjournMeeting(reason="Nobody from the agency could come.")


async def records_of(stored: Stored) -> int:
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    return len(page.records)


@pytest.mark.parametrize("other", [STOP, CloseMeeting(), ThawPlan(), FreezePlan()], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("is_frozen", [True, False], ids=["locked", "open"])
async def test_a_meeting_ends_once_whatever_another_node_does_to_it_meanwhile(
    stored: Stored, meeting: StoredMeeting, other: PersonCommand, is_frozen: bool
) -> None:
    await meeting.until_recap()
    if is_frozen:
        await meeting.freeze()
    sam, node = meeting.people["Sam"], stored.other_node()
    done = await asyncio.gather(
        stored.desk.perform(meeting.id, STOP, sam), node.desk.perform(meeting.id, other, sam), return_exceptions=True
    )
    assert all(isinstance(one, tuple | MeetingError) for one in done), done
    if not fold(await stored.desk.events_after(meeting.id, 0)).is_over:  # both gave way: the plan had moved on
        await meeting.do(STOP, "Sam")
    then = fold(await stored.desk.events_after(meeting.id, 0))
    assert then.is_over and then.record_id is not None and then.frozen is not None
    assert await records_of(stored) == 1
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(STOP, "Sam")
    assert refusal.value.code == "meeting.over"
    assert (await audit_proof.whole(stored.database)).broken is None


async def test_no_update_slips_in_behind_an_adjournment(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    plan, dana, node = await meeting.plan_key(), meeting.people["Dana"], stored.other_node()
    ending = asyncio.create_task(stored.desk.perform(meeting.id, STOP, meeting.people["Sam"]))
    appends = [asyncio.create_task(node.plan_log.append(plan, [written(at, dana)])) for at in range(12)]
    done = await asyncio.gather(*appends, return_exceptions=True)
    event = (await ending)[-1].event
    assert isinstance(event, MeetingAdjourned)
    assert all(isinstance(one, list | PlanFrozenError) for one in done)
    assert event.seq == sum(isinstance(one, list) for one in done) == len(await stored.plan_log.after(plan, 0))
    with pytest.raises(PlanFrozenError):
        await node.plan_log.append(plan, [written(99, dana)])
    assert (await audit_proof.whole(stored.database)).broken is None


@pytest.mark.parametrize("who", ["Priya", "Dana", "Lee"])
async def test_only_the_facilitator_adjourns_and_a_refusal_leaves_the_plan_open(
    stored: Stored, meeting: StoredMeeting, who: str
) -> None:
    await meeting.bring_in("Sam", "Dana", "Lee", "Priya")
    await meeting.do(OpenMeeting(), "Sam")
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(STOP, who)
    assert refusal.value.code == "participant.not_permitted"
    assert await stored.plan_log.append(await meeting.plan_key(), [written(0, meeting.people["Dana"])]) == [1]


async def test_one_of_two_holds_the_room_and_the_facilitator_takes_it_back(
    stored: Stored, meeting: StoredMeeting
) -> None:
    await meeting.bring_in("Sam", "Priya", "Alex", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    sam, node = meeting.people["Sam"], stored.other_node()
    await meeting.do(LeaveParticipant(participant_id=sam, at=stored.clock.now()))
    stored.clock.forward(61)
    done = await asyncio.gather(
        stored.desk.perform(meeting.id, HoldRoom(), meeting.people["Priya"]),
        node.desk.perform(meeting.id, HoldRoom(), meeting.people["Alex"]),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["MeetingError", "tuple"]
    holder = fold(await stored.desk.events_after(meeting.id, 0)).holder
    back = JoinParticipant(participant_id=sam, device_id=meeting.device("Sam"), mode=Mode.VIDEO)
    done = await asyncio.gather(
        stored.desk.perform(meeting.id, back, None), node.desk.perform(meeting.id, STOP, holder), return_exceptions=True
    )
    then = fold(await stored.desk.events_after(meeting.id, 0))
    assert then.holder is None
    assert then.is_over == (not isinstance(done[1], MeetingError))
    assert await records_of(stored) == int(then.is_over)


@pytest.mark.parametrize("rounds", range(3))
async def test_a_link_works_if_and_only_if_its_person_is_not_removed(
    stored: Stored, meeting: StoredMeeting, rounds: int
) -> None:
    await meeting.bring_in("Sam")
    cookie = (await stored.links.spend(meeting.token("Dana"), None)).cookie
    await meeting.bring_in("Dana")
    node, dana, sam = stored.other_node(), meeting.people["Dana"], meeting.people["Sam"]
    out, back = RemoveParticipant(participant_id=dana), ReadmitParticipant(participant_id=dana)
    commands = [out, back, SendToWaiting(participant_id=dana), out, back, *[out] * rounds]
    done = await asyncio.gather(
        *(one.desk.perform(meeting.id, command, sam) for command in commands for one in (stored, node)),
        return_exceptions=True,
    )
    assert all(isinstance(one, tuple | MeetingError) for one in done), done
    is_out = dana in fold(await stored.desk.events_after(meeting.id, 0)).removed
    for opening in (stored.links.spend(meeting.token("Dana"), cookie), stored.links.guest(cookie)):
        if is_out:
            with pytest.raises(LinkError):
                await opening
        else:
            await opening
    assert (await audit_proof.whole(stored.database)).broken is None


async def test_joins_and_leaves_of_many_keep_every_interval(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana", "Ruth")
    nodes = [stored, stored.other_node()]

    async def come_and_go(name: str, node: Stored) -> None:
        person = meeting.people[name]
        for _ in range(4):
            await node.desk.perform(meeting.id, LeaveParticipant(participant_id=person, at=stored.clock.now()), None)
            join = JoinParticipant(participant_id=person, device_id=meeting.device(name), mode=Mode.AUDIO)
            await node.desk.perform(meeting.id, join, None)

    await asyncio.gather(come_and_go("Dana", nodes[0]), come_and_go("Ruth", nodes[1]))
    folded = fold(await stored.desk.events_after(meeting.id, 0))
    assert {name: len(folded.stays[meeting.people[name]]) for name in ("Dana", "Ruth")} == {"Dana": 5, "Ruth": 5}


async def test_a_refusal_is_decided_on_the_newest_state(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    other = stored.other_node()
    await other.desk.events_after(meeting.id, 0)
    await meeting.do(OpenMeeting(), "Sam")
    with pytest.raises(MeetingError) as refusal:
        await other.desk.perform(meeting.id, OpenMeeting(), meeting.people["Sam"])
    assert refusal.value.code == "meeting.already_open"
