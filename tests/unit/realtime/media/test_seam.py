"""What this project relies on inside aiortc and pylibsrtp: read the seam again when one of these fails."""

import inspect

import pytest
from aiortc import rtcdtlstransport
from pylibsrtp import Policy, Session

from realtime.media import seam
from realtime.media.packet import Packet, Sent, write_audio


def test_the_versions_are_those_the_seam_was_read_against(monkeypatch: pytest.MonkeyPatch) -> None:
    seam.check_versions()
    monkeypatch.setitem(seam.PINNED, "aiortc", "1.17.0")
    with pytest.raises(RuntimeError, match="aiortc"):
        seam.check_versions()


def test_the_private_names_are_there_and_mean_the_same() -> None:
    transport = rtcdtlstransport.RTCDtlsTransport
    assert list(inspect.signature(transport.__init__).parameters) == ["self", "transport", "certificates"]
    source = inspect.getsource(transport)
    for name in ("self.transport._recv()", "self.transport._send(data)", "self._rx_srtp", "self._tx_srtp"):
        assert name in source
    for name in ("_srtp_profiles", "_set_role", 'emit("statechange")', "str(self._state)[6:].lower()"):
        assert name in source
    assert "_create_ssl_context" in vars(rtcdtlstransport.RTCCertificate)
    assert rtcdtlstransport.SRTP_AEAD_AES_128_GCM.key_length == 16


def keys() -> tuple[Session, Session]:
    key = bytes(range(28))
    there = Policy(key=key, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    here = Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    return Session(here), Session(there)


def test_protecting_in_place_gives_what_the_library_gives() -> None:
    sent = Sent(Packet(1, 1, False, b"sound", None), 5, 6, 0, 0)
    size = write_audio(seam.OUT, sent, 111, 7)
    plain = bytes(seam.OUT[:size])
    srtp = seam.Srtp(*keys())
    protected = bytes(seam.OUT[: srtp.protect(size)])
    assert protected == keys()[1].protect(plain)
    assert seam.Srtp(*keys()).unprotect(protected) == plain


def test_reports_are_protected_and_opened() -> None:
    report = bytes.fromhex("80c90001") + bytes(4)
    srtp = seam.Srtp(*keys())
    protected = bytes(seam.OUT[: srtp.protect_rtcp(report)])
    assert srtp.unprotect_rtcp(protected) == report
    assert srtp.unprotect_rtcp(protected) is None


@pytest.mark.parametrize("datagram", [b"", b"\x80", bytes(1500), b"\x80" * 3000])
def test_what_is_not_authentic_is_nothing(datagram: bytes) -> None:
    assert seam.Srtp(*keys()).unprotect(datagram) is None
    assert seam.Srtp(*keys()).unprotect_rtcp(datagram) is None


async def test_only_dtls_records_are_fed_and_only_so_many() -> None:
    dtls = seam.Dtls(seam.new_certificate(), lambda data: None, lambda: None)
    assert not dtls.feed(b"")
    assert not dtls.feed(b"\x16" * 12)
    assert not dtls.feed(b"\x80" * 100)
    assert all(dtls.feed(b"\x16" * 13) for _ in range(seam.QUEUE_LIMIT))
    assert not dtls.feed(b"\x16" * 13)


async def test_a_handshake_nobody_answers_fails() -> None:
    dtls = seam.Dtls(seam.new_certificate(), lambda data: None, lambda: None)
    with pytest.raises(seam.DtlsFailed, match="timeout"):
        await dtls.connect(":".join(["AB"] * 32), 0.01)
    await dtls.close()


def test_a_certificate_is_fresh_each_time() -> None:
    one, other = seam.new_certificate(), seam.new_certificate()
    assert len(one.fingerprint) == 95
    assert one.fingerprint != other.fingerprint
