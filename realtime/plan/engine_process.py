"""The engine's child process: pycrdt lives and dies here. `python -m realtime.plan.engine_process`.

Reads calls from standard input until it ends, one at a time, and answers each on standard output.
"""

import ctypes
import resource
import signal
import sys
from typing import BinaryIO

from realtime.plan import engine_wire, schema
from realtime.plan.engine_wire import Answer, Call, Compact, Compacted, PlanRead, Problem, Read, Verified, Verify

# A document of 2 MiB needs about 100 MiB. Higher: a bad one costs its neighbours more before it is stopped.
MAX_MEMORY_BYTES = 2**30
_PR_SET_PDEATHSIG = 1


def answer(call: Call) -> Answer:
    """Do one call; an error of the library is an answer."""
    try:
        doc = schema.document(call.updates)
        match call:
            case Read():
                plan = schema.case_plan(doc)
                return PlanRead(plan=plan, sha256=schema.plan_sha256(plan))
            case Compact():
                return Compacted(update=doc.get_update(), sha256=schema.content_sha256(doc))
            case Verify():
                return Verified(sha256=schema.content_sha256(doc))
    except BaseException as error:  # pycrdt's panics are BaseExceptions
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return Problem(kind=type(error).__name__)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer calls until the parent closes the pipe."""
    while len(head := source.read(4)) == 4:
        body = source.read(int.from_bytes(head, "big"))
        sink.write(engine_wire.framed(answer(engine_wire.calls.decode(body))))
        sink.flush()


def confine() -> None:
    """Bound memory, leave no core file, die with the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)
