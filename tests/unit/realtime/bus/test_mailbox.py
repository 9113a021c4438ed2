import asyncio

import pytest

from realtime.bus.mailbox import Mailbox


async def test_messages_come_in_order_and_waiting_may_be_cancelled() -> None:
    mailbox = Mailbox(("a",))
    waiting = asyncio.ensure_future(anext(mailbox))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    mailbox.put("a", b"1")
    mailbox.put("a", b"2")
    assert [await anext(mailbox), await anext(mailbox)] == [("a", b"1"), ("a", b"2")]


async def test_a_full_box_says_only_that_something_was_missed() -> None:
    mailbox = Mailbox(("a", "b"), capacity=3)
    for number in range(4):
        mailbox.put("a", b"%d" % number)
    mailbox.put("b", b"after")
    assert [await anext(mailbox) for _ in range(3)] == [("a", None), ("b", None), ("b", b"after")]
