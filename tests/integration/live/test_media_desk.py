"""The web side of media against a media node that only answers."""

from collections.abc import AsyncIterator

import pytest

from meetings.attendance import Mode
from meetings.commands import CancelMeeting, OpenMeeting, RemoveParticipant
from meetings.ids import ParticipantId
from realtime.bus import keys
from realtime.media import control
from realtime.messages import (
    Done,
    MediaAnswer,
    MediaGone,
    MediaJoin,
    MediaReady,
    MediaRefused,
    MediaShow,
    MediaSlots,
    MediaSpeaking,
    Welcome,
)
from tests.support.live import House, Tab, live_house, settled
from tests.support.media_node_double import MediaNodeDouble
from tests.support.story import DANA, RUTH, SAM


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with live_house("web-1", "web-2") as made:
        yield made


@pytest.fixture
async def node(house: House) -> AsyncIterator[MediaNodeDouble]:
    made = await MediaNodeDouble(house.bus, house.leases, "media-1").start()
    yield made
    await made.stop()


async def join_media(tab: Tab, ref: int = 50, offer: str = "v=0") -> MediaReady | MediaRefused:
    def answers() -> list[MediaReady | MediaRefused]:
        return [one for one in (*tab.of(MediaReady), *tab.of(MediaRefused)) if one.ref == ref]

    tab.say(MediaJoin(ref=ref, offer=offer, video_slots=4))
    await tab.until(answers)
    return answers()[0]


async def test_a_join_is_placed_granted_and_answered(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    await sam.do(OpenMeeting())
    await dana.until(lambda: dana.stage == 1)
    ready = await join_media(sam)
    assert isinstance(ready, MediaReady) and ready.video_slots == 4
    assert isinstance(await join_media(dana), MediaReady)
    joins = await node.until(control.JoinPeer, 2)
    assert {one.fence for one in joins} == {joins[0].fence}, "two web nodes share one placement"
    grant = (await node.until(control.GrantHearing))[-1]
    assert grant.hears == {SAM.id: (DANA.id,), DANA.id: (SAM.id,)}
    assert node.got.index(grant) < node.got.index(joins[-1]), "nobody is connected before the grant"
    sam.say(MediaAnswer(ref=51, answer="v=0"))
    await sam.until(lambda: [one for one in sam.of(Done) if one.ref == 51])


async def test_a_refusal_has_a_code_and_no_node_is_said_so(house: House) -> None:
    sam = await house.sam()
    refused = await join_media(sam)
    assert isinstance(refused, MediaRefused) and (refused.code, refused.retry_s) == ("media.unavailable", 2.0)
    node = await MediaNodeDouble(house.bus, house.leases, "media-1").start()
    refused = await join_media(sam, 51, offer="bad")
    assert isinstance(refused, MediaRefused) and refused.code == "media.bad_offer"
    await node.stop()


async def test_reports_reach_whom_they_concern(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam()
    dana = await house.come_in(sam, DANA)
    await join_media(dana)
    (peer,) = await node.until(control.JoinPeer)
    meeting_id = house.desk.meeting_id
    await node.report(
        control.SlotsChanged(
            meeting_id=meeting_id,
            node_id="media-1",
            session_id=peer.session_id,
            audio=(SAM.id, None, None),
            video=(SAM.id,),
        )
    )
    await dana.until(lambda: dana.of(MediaSlots))
    await node.report(control.SpeakerChanged(meeting_id=meeting_id, node_id="media-1", participant_id=DANA.id))
    await sam.until(lambda: sam.of(MediaSpeaking))
    assert sam.of(MediaSlots) == []
    await node.report(
        control.PeerState(
            meeting_id=meeting_id,
            node_id="media-1",
            session_id=peer.session_id,
            participant_id=DANA.id,
            connection="weak",
        )
    )
    await sam.until(lambda: sam.here[DANA.id].connection == "weak")


async def test_show_and_mute_and_leave_are_passed_on(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam()
    await join_media(sam)
    sam.say(MediaShow(participant_ids=(ParticipantId(DANA.id),)))
    sam.media(Mode.AUDIO)
    assert (await node.until(control.ShowPeers))[0].participant_ids == (DANA.id,)
    mute = (await node.until(control.MutePeer))[0]
    assert (mute.camera, mute.microphone) == (False, True)
    sam.say('{"type":"leave"}')
    left = (await node.until(control.LeavePeer))[0]
    assert left.session_id == sam.of(Welcome)[-1].session_id


async def test_who_is_removed_is_heard_by_nobody_from_then_on(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam("web-1")
    ruth = await house.come_in(sam, RUTH, "web-2")
    await sam.do(OpenMeeting())
    await join_media(sam)
    await join_media(ruth)
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    await node.until(control.LeavePeer)
    await settled()
    grants = [one for one in node.got if isinstance(one, control.GrantHearing)]
    newest = max(grants, key=lambda grant: grant.number)
    assert newest.hears == {SAM.id: ()}
    assert newest.number == len(house.desk.log)


@pytest.mark.parametrize("how", ["vanishes", "returns as another"])
async def test_a_dead_node_is_noticed_and_the_meeting_is_placed_anew(
    house: House, node: MediaNodeDouble, how: str
) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    await join_media(sam)
    await join_media(dana)
    fence = (await node.until(control.JoinPeer))[0].fence
    await node.stop()
    name = "media-1" if how == "returns as another" else "media-2"
    other = await MediaNodeDouble(house.bus, house.leases, name, "two").start()
    await house.pass_time(3)
    await sam.until(lambda: sam.of(MediaGone))
    await dana.until(lambda: dana.of(MediaGone))
    assert isinstance(await join_media(dana, 60), MediaReady)
    assert isinstance(await join_media(sam, 60), MediaReady)
    joins = await other.until(control.JoinPeer, 2)
    assert joins[0].fence == joins[1].fence > fence
    await other.stop()


async def test_who_asked_a_node_that_died_is_told_so_at_once_and_asks_the_next(
    house: House, node: MediaNodeDouble
) -> None:
    sam = await house.sam("web-1")
    await join_media(sam)
    await node.stop()
    sam.say(MediaJoin(ref=60, offer="v=0", video_slots=4))
    other = await MediaNodeDouble(house.bus, house.leases, "media-2", "two").start()
    await house.pass_time(3)
    await sam.until(lambda: sam.of(MediaRefused))
    refused = sam.of(MediaRefused)[0]
    assert (refused.ref, refused.code, refused.retry_s) == (60, "media.gone", 0.5)
    assert isinstance(await join_media(sam, 61), MediaReady)
    await other.stop()


async def test_the_stage_ends_with_the_meeting(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam()
    await join_media(sam)
    await sam.do(CancelMeeting(reason="The family asked for another day."))
    await node.until(control.EndStage)
    await settled()
    assert await house.leases.holder(keys.media_lease(house.desk.meeting_id)) is None


async def test_the_same_page_coming_back_keeps_its_media(house: House, node: MediaNodeDouble) -> None:
    sam = await house.sam()
    dana = await house.come_in(sam, DANA)
    await join_media(dana)
    (peer,) = await node.until(control.JoinPeer)
    await dana.lost()
    back = await house.tab(DANA).hello(after=dana.number).welcomed()
    assert back.of(Welcome)[-1].session_id == peer.session_id
    assert not [one for one in node.got if isinstance(one, control.LeavePeer)]
    reloaded = await house.tab(DANA).hello().joined()
    assert reloaded.of(Welcome)[-1].session_id != peer.session_id
    assert (await node.until(control.LeavePeer))[0].session_id == peer.session_id
