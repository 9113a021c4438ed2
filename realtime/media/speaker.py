"""Who speaks: the loudest three and the one active speaker, from audio levels, with hysteresis. [pure]"""

from meetings.ids import ParticipantId

LOUDEST = 3
# Levels are -dBov (0 loudest, 127 silence); quieter than this is not speech.
SILENCE_DBOV = 50
# How fast loudness rises with speech and falls without it (time constants in seconds).
RISE_S = 0.15
FALL_S = 0.8
# A challenger must be this much louder, for this long, to become the active speaker.
MARGIN = 1.3
CHALLENGE_S = 0.4
# Below this loudness (0..77) nobody is speaking.
QUIET = 4.0


class Speakers:
    """Loudness of everyone who sends sound. `got` each level, `tick` a few times a second, then read the results."""

    def __init__(self) -> None:
        self.active: ParticipantId | None = None
        self.loudest: tuple[ParticipantId, ...] = ()
        self._loudness: dict[ParticipantId, float] = {}
        self._peak: dict[ParticipantId, int] = {}
        self._ticked_at: float | None = None
        self._challenger: tuple[ParticipantId, float] | None = None

    def got(self, participant_id: ParticipantId, level_dbov: int) -> None:
        """A packet of this participant's sound had this level."""
        speech = max(0, 127 - SILENCE_DBOV - level_dbov)
        if speech > self._peak.get(participant_id, -1):
            self._peak[participant_id] = speech

    def forget(self, participant_id: ParticipantId) -> None:
        """They left."""
        self._loudness.pop(participant_id, None)
        self._peak.pop(participant_id, None)
        self.loudest = tuple(one for one in self.loudest if one != participant_id)
        if self.active == participant_id:
            self.active = None

    def tick(self, now: float) -> None:
        """Fold the levels since the last tick into loudness, then choose."""
        elapsed = 0.0 if self._ticked_at is None else now - self._ticked_at
        self._ticked_at = now
        for one in self._loudness.keys() | self._peak.keys():
            self._fold(one, self._peak.get(one, 0), elapsed)
        self._peak.clear()
        self._choose_loudest()
        self._choose_active(now)

    def _fold(self, one: ParticipantId, speech: int, elapsed: float) -> None:
        before = self._loudness.get(one, 0.0)
        constant = RISE_S if speech > before else FALL_S
        self._loudness[one] = before + (speech - before) * min(1.0, elapsed / constant)

    def _choose_loudest(self) -> None:
        """Those in stay in unless somebody is clearly louder: a slot changes hands rarely."""
        held = set(self.loudest[: LOUDEST + 1])

        def rank(one: ParticipantId) -> tuple[float, str]:
            loudness = self._loudness[one]
            return (-(loudness * MARGIN + 1.0 if one in held else loudness), one)

        self.loudest = tuple(sorted(self._loudness, key=rank))

    def _choose_active(self, now: float) -> None:
        loudest = max(self._loudness, key=lambda one: (self._loudness[one], one), default=None)
        if loudest is None or self._loudness[loudest] < QUIET or loudest == self.active:
            self._challenger = None
            return
        current = self._loudness.get(self.active, 0.0) if self.active is not None else 0.0
        if self._loudness[loudest] < current * MARGIN:
            self._challenger = None
        elif self._challenger is None or self._challenger[0] != loudest:
            self._challenger = (loudest, now)
        elif now - self._challenger[1] >= CHALLENGE_S:
            self.active, self._challenger = loudest, None
