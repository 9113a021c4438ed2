import pytest

from realtime.errors import ProtocolError
from realtime.plan import frames


def test_a_frame_is_a_channel_and_a_message() -> None:
    assert frames.split(frames.join(3, b"\x00\x02\x00")) == (3, b"\x00\x02\x00")


@pytest.mark.parametrize("frame", [b"", b"\x00"])
def test_a_frame_without_a_message_closes_the_socket(frame: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        frames.split(frame)
    assert caught.value.close_code == 4400
