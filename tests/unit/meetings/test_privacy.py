from meetings.privacy import Unprinted


class Note(Unprinted, frozen=True, kw_only=True):
    id: str
    text: str


class Loose(Unprinted, frozen=True, kw_only=True):
    text: str


def test_only_type_and_short_id_are_printed() -> None:
    assert repr(Note(id="0123456789", text="Dana")) == "Note(012345)"
    assert f"{Loose(text='Dana')} {[Loose(text='Ruth')]}" == "Loose() [Loose()]"
