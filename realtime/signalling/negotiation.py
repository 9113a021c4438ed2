"""What a browser may offer and answer: one microphone and one camera up, the offered slots down. [pure]"""

import re

import msgspec

from realtime.signalling.sdp import (
    AUDIO_LEVEL,
    TRANSPORT_WIDE,
    AcceptedMedia,
    Description,
    SdpRefused,
    Section,
    read,
)

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_MID = re.compile(r"[A-Za-z0-9_.-]{1,16}")
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")


class PublishOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted offer: the peer's certificate (upper-case SHA-256) and its m-lines in order."""

    fingerprint: str
    media: tuple[AcceptedMedia, ...]


def read_publish_offer(text: str) -> PublishOffer:
    """Read a publish offer. Raises SdpRefused for anything but one audio and one video m-line that can be taken."""
    offer = read(text)
    if sorted(media.kind for media in offer.media) != ["audio", "video"]:
        raise SdpRefused("not one audio and one video m-line")
    fingerprint = _transport(offer, allowed_setups=("actpass", "active"))
    _bundled(offer)
    for media in offer.media:
        if not media.has("sendonly"):
            raise SdpRefused("not sendonly")
    _distinct_ssrcs(offer)
    return PublishOffer(fingerprint=fingerprint, media=tuple(_accepted(media) for media in offer.media))


def read_subscribe_answer(text: str, mids: tuple[str, ...]) -> str:
    """The fingerprint in a browser's answer to the offer of slots `mids`. Raises SdpRefused."""
    answer = read(text)
    if tuple(_mid(media) for media in answer.media) != mids:
        raise SdpRefused("answers other m-lines")
    fingerprint = _transport(answer, allowed_setups=("active",))
    _bundled(answer)
    if any(media.port == 0 or not media.has("recvonly") for media in answer.media):
        raise SdpRefused("a slot was turned away")
    return fingerprint


def _one(description: Description, name: str) -> str:
    """The value of an attribute that must stand somewhere and be the same everywhere."""
    parts = (description.session, *description.media)
    values = {value for part in parts for value in part.all(name)}
    inherited = bool(description.session.all(name))
    if len(values) != 1 or not (inherited or all(part.all(name) for part in description.media)):
        raise SdpRefused(f"{name} missing or contradictory")
    return values.pop()


def _transport(description: Description, allowed_setups: tuple[str, ...]) -> str:
    if not _UFRAG.fullmatch(_one(description, "ice-ufrag")) or not _PWD.fullmatch(_one(description, "ice-pwd")):
        raise SdpRefused("junk ICE credentials")
    if _one(description, "setup") not in allowed_setups:
        raise SdpRefused("setup conflict")
    return _fingerprint(description)


def _fingerprint(description: Description) -> str:
    """The one SHA-256 fingerprint; longer hashes of the same certificate may stand beside it, weaker ones may not."""
    parts = (description.session, *description.media)
    lines = [value.partition(" ") for part in parts for value in part.all("fingerprint")]
    if any(algorithm.lower() not in ("sha-256", "sha-384", "sha-512") for algorithm, _, _ in lines):
        raise SdpRefused("weak fingerprint")
    values = {value.upper() for algorithm, _, value in lines if algorithm.lower() == "sha-256"}
    everywhere = bool(description.session.all("fingerprint"))
    if len(values) != 1 or not (everywhere or all(media.has("fingerprint") for media in description.media)):
        raise SdpRefused("fingerprint missing or contradictory")
    value = values.pop()
    if not _FINGERPRINT.fullmatch(value):
        raise SdpRefused("junk fingerprint")
    return value


def _mid(media: Section) -> str:
    mids = media.all("mid")
    if len(mids) != 1 or not _MID.fullmatch(mids[0]):
        raise SdpRefused("junk mid")
    return mids[0]


def _bundled(description: Description) -> None:
    mids = [_mid(media) for media in description.media]
    groups = [set(group.split()[1:]) for group in description.session.all("group") if group.startswith("BUNDLE ")]
    if len(set(mids)) != len(mids) or groups != [set(mids)]:
        raise SdpRefused("not one bundle")
    if not all(media.has("rtcp-mux") for media in description.media):
        raise SdpRefused("no rtcp-mux")


def _distinct_ssrcs(offer: Description) -> None:
    audio, video = ({line.split(" ", 1)[0] for line in media.all("ssrc")} for media in offer.media)
    if audio & video:
        raise SdpRefused("duplicate SSRC")


def _accepted(media: Section) -> AcceptedMedia:
    codecs = _codecs(media)
    wanted = "opus/48000/2" if media.kind == "audio" else "vp8/90000"
    payload_type = next((number for number, codec in codecs.items() if codec == wanted), None)
    if payload_type is None:
        raise SdpRefused("no Opus or no VP8")
    repair = next((number for number, codec in codecs.items() if codec == f"rtx apt={payload_type}"), 0)
    extensions = _extensions(media)
    return AcceptedMedia(
        kind=media.kind,
        mid=_mid(media),
        payload_type=payload_type,
        repair=repair if media.kind == "video" else 0,
        level_id=extensions.get(AUDIO_LEVEL, 0) if media.kind == "audio" else 0,
        transport_id=extensions.get(TRANSPORT_WIDE, 0),
    )


def _codecs(media: Section) -> dict[int, str]:
    """Codec names by payload type, in the order of the m-line; RTX as "rtx apt=N"."""
    names: dict[str, str] = {}
    for line in media.all("rtpmap"):
        number, _, name = line.partition(" ")
        names[number] = name.strip().lower()
    for line in media.all("fmtp"):
        number, _, parameters = line.partition(" ")
        if names.get(number) == "rtx/90000" and re.fullmatch(r"apt=\d{1,3}", parameters.split(";")[0].strip()):
            names[number] = f"rtx {parameters.split(';')[0].strip()}"
    found: dict[int, str] = {}
    for number in media.formats:
        # 64..95 would be mistaken for RTCP once multiplexed (RFC 5761).
        if re.fullmatch(r"\d{1,3}", number, re.ASCII) and (int(number) < 64 or 96 <= int(number) <= 127):
            found[int(number)] = names.get(number, "")
    return found


def _extensions(media: Section) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in media.all("extmap"):
        number, _, uri = line.partition(" ")
        if re.fullmatch(r"\d{1,2}(/\w+)?", number, re.ASCII) and 1 <= int(number.split("/")[0]) <= 14:
            found[uri.split(" ")[0]] = int(number.split("/")[0])
    if len(set(found.values())) != len(found):
        raise SdpRefused("an extension id twice")
    return found
