from pathlib import Path

from realtime.plan import refusals

PROTOCOL = Path(refusals.__file__).parents[1] / "PROTOCOL.md"


def test_every_code_has_words_and_stands_in_the_protocol() -> None:
    written = PROTOCOL.read_text()
    codes = {value for name, value in vars(refusals).items() if name.isupper() and isinstance(value, str)}
    assert codes == set(refusals.TEXTS)
    assert [code for code in codes if f"`{code}`" not in written] == []
    assert codes > refusals.RESYNC
