"""Binary WebSocket frames: one channel byte and a y-protocols message. [pure]"""

from realtime.errors import CLOSE_BAD_MESSAGE, ProtocolError

MAX_FRAME_BYTES = 262_144


def split(frame: bytes) -> tuple[int, bytes]:
    """Channel and message. Raises ProtocolError 4400 for a frame without either."""
    if len(frame) < 2:
        raise ProtocolError(CLOSE_BAD_MESSAGE, "plan.malformed")
    return frame[0], frame[1:]


def join(channel: int, message: bytes) -> bytes:
    """A frame to send."""
    return bytes((channel,)) + message
