"""Browsers that signed in to an account before, told by a signed cookie (OWASP: device cookies). [pure]

Whoever hammers an account with wrong passwords uses up the strangers' budget; a browser the account knows has one of
its own. The cookie proves only that: it signs nobody in.

It is signed with the person's stored password hash (argon2id, with its random salt): every node reads the same one from
the database, nobody outside can make a signature, each is bound to one account, and a new password forgets all of them.
Colleagues share machines, so one browser is known to up to three accounts.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

ID_LETTERS = 22
_SIGNATURE_LETTERS = 43
_ENTRY = ID_LETTERS + _SIGNATURE_LETTERS
MOST = 3


def device_of(cookie: str, password_hash: str) -> str | None:
    """The id under which this account knows the browser; None when it does not."""
    for device, signature in _entries(cookie):
        if hmac.compare_digest(signature, _signature(device, password_hash)):
            return device
    return None


def remembering(cookie: str, device: str, password_hash: str) -> str:
    """The cookie that this account knows from now on as `device`, and other accounts as before."""
    others = [one + signature for one, signature in _entries(cookie) if one != device]
    return "".join([device + _signature(device, password_hash), *others][:MOST])


def _entries(cookie: str) -> list[tuple[str, str]]:
    whole = range(0, len(cookie) - _ENTRY + 1, _ENTRY)
    return [(cookie[at : at + ID_LETTERS], cookie[at + ID_LETTERS : at + _ENTRY]) for at in whole]


def _signature(device: str, password_hash: str) -> str:
    signed = hmac.new(password_hash.encode(), b"hearth device " + device.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(signed).decode().rstrip("=")
