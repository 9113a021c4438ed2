import pytest

from meetings.commands import CancelMeeting
from meetings.meeting import Meeting
from realtime.connection import Connection
from realtime.errors import ProtocolError
from realtime.messages import Hello
from realtime.plan import sync
from realtime.ports import Seat
from realtime.room_session import RoomSession, _cursor_of
from tests.support.clock import HandClock
from tests.support.story import DANA, RUTH, SAM, SCHEDULE, device, opened_story, planned_story
from tests.support.wire_pair import WirePair


class Host:
    """Keeps what it got."""

    def __init__(self) -> None:
        self.messages: list[object] = []
        self.story = opened_story()

    async def got(self, session: RoomSession, message: object) -> None:
        self.messages.append(message)

    async def got_plan(self, session: RoomSession, message: bytes) -> None:
        self.messages.append(message)

    @property
    def meeting(self) -> Meeting:
        return self.story.meeting


def session_of(host: Host) -> RoomSession:
    seat = Seat(meeting_id=SCHEDULE.meeting_id, participant_id=DANA.id, device_id=device(DANA), second_device=False)
    return RoomSession(host, Connection(WirePair(), HandClock()), seat, Hello(ticket="t" * 20), "e1")


async def test_plan_frames_pass_only_when_joined_and_on_the_channel_given() -> None:
    host = Host()
    session = session_of(host)
    session.wait(0.0)
    await session.got_frame(b"\x00\x00\x02\x00")
    assert (session.frames_refused, session.may_write) == (1, False)
    session.join(0.0)
    session.has_plan = True
    session.plan_ready.set()
    await session.got_frame(b"\x00\x00\x02\x00")
    assert host.messages == [b"\x00\x02\x00"]
    with pytest.raises(ProtocolError) as broken:
        await session.got_frame(b"\x05\x00\x02\x00")
    assert broken.value.close_code == 4400


async def test_who_comes_back_keeps_what_they_told_and_only_the_same_page_its_id() -> None:
    older, page, reloaded = session_of(Host()), session_of(Host()), session_of(Host())
    older.id, page.id, reloaded.id = "old", "new", "newer"
    older.hand_raised_at, older.camera = 5.0, True
    page.take_over(older, is_same_page=True)
    reloaded.take_over(page, is_same_page=False)
    assert (page.id, page.camera, page.hand_raised_at) == ("old", True, 5.0)
    assert (reloaded.id, reloaded.camera, reloaded.hand_raised_at) == ("newer", False, 5.0)


def test_a_cursor_frame_is_known_by_its_client() -> None:
    cursor = b"\x00" + sync.awareness(b"\x01\x89\x08\x01\x04null")
    assert _cursor_of(cursor) == 1033
    assert _cursor_of(b"\x00" + sync.update(b"\x00\x00")) is None
    assert _cursor_of(b"\x00\x01") is None


async def test_what_may_be_written_is_asked_of_the_meeting_root_by_root() -> None:
    host = Host()
    session = session_of(host)
    session.wait(0.0)
    assert not session.may_write_root("steps")
    session.join(0.0)
    assert session.may_write and session.may_write_root("steps") and session.may_write_root(f"words:{DANA.id}")
    assert not session.may_write_root(f"words:{RUTH.id}")


async def test_X8_no_plan_frame_goes_to_who_may_not_see_the_plan() -> None:
    host = Host()
    host.story = planned_story().bring_in(SAM, DANA)
    session = session_of(host)
    session.join(0.0)
    session.send_frame(b"\x00\x00\x02\x00")
    waiting = len(session.connection._outbox)
    assert session.sees_plan and waiting == 1
    host.story.do(CancelMeeting(reason="Another day."), SAM)
    session.send_frame(b"\x00\x00\x02\x00")
    assert not session.sees_plan and len(session.connection._outbox) == waiting
