from pathlib import Path

from server.hints import called


def test_in_a_checkout_the_script_is_named_and_elsewhere_the_program(tmp_path: Path) -> None:
    assert called("audit verify", tmp_path) == "hearth audit verify"
    for name in ("run", "pyproject.toml"):
        (tmp_path / name).touch()
    assert called("audit verify", tmp_path) == "./run hearth audit verify"
    assert called(root=tmp_path) == "./run hearth"


def test_this_is_a_checkout() -> None:
    assert called("start") == "./run hearth start"
