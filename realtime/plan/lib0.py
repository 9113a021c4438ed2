"""Numbers and strings as lib0 and Yjs v1 write them, read strictly. [pure]

Every length is checked against the bytes that are left before anything is made of it.
"""

from realtime.plan.refusals import MALFORMED, PlanUpdateError

MAX_SAFE = 2**53 - 1


class Reader:
    """Reads a byte string from the front. Every method raises PlanUpdateError(`plan.malformed`)."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pos = 0
        self.end = len(data)

    def byte(self) -> int:
        """One byte."""
        pos = self.pos
        if pos >= self.end:
            raise PlanUpdateError(MALFORMED)
        self.pos = pos + 1
        return self.data[pos]

    def varuint(self) -> int:
        """A variable-length unsigned number below 2^53, in its shortest form."""
        data, pos, end = self.data, self.pos, self.end
        if pos >= end:
            raise PlanUpdateError(MALFORMED)
        byte = data[pos]
        pos += 1
        if byte < 0x80:
            self.pos = pos
            return byte
        value = byte & 0x7F
        shift = 7
        while True:
            if pos >= end or shift > 49:
                raise PlanUpdateError(MALFORMED)
            byte = data[pos]
            pos += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if byte == 0 or value > MAX_SAFE:
            raise PlanUpdateError(MALFORMED)
        self.pos = pos
        return value

    def count(self) -> int:
        """A number of things to come: each takes at least a byte, so never more than the bytes left."""
        value = self.varuint()
        if value > self.end - self.pos:
            raise PlanUpdateError(MALFORMED)
        return value

    def var_bytes(self) -> bytes:
        """A byte string with its length in front."""
        length = self.count()
        start = self.pos
        self.pos = start + length
        return self.data[start : start + length]

    def var_string(self) -> str:
        """A UTF-8 string with its length in front; broken UTF-8 and lone surrogates are refused."""
        try:
            return self.var_bytes().decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise PlanUpdateError(MALFORMED) from None

    def finish(self) -> None:
        """Nothing may be left."""
        if self.pos != self.end:
            raise PlanUpdateError(MALFORMED)


def varuint(value: int) -> bytes:
    """The shortest form of a number."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def var_bytes(data: bytes) -> bytes:
    """A byte string with its length in front."""
    return varuint(len(data)) + data


def var_string(text: str) -> bytes:
    """A string with its length in UTF-8 bytes in front."""
    return var_bytes(text.encode())


def utf16_length(text: str) -> int:
    """The length as JavaScript and Yjs count it."""
    return len(text) if text.isascii() else len(text) + sum(1 for character in text if character > "\uffff")
