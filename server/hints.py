"""How the program is called where it runs, for every hint that names a command."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def called(words: str = "", root: Path = _ROOT) -> str:
    """`hearth WORDS` as the reader must write it: by `./run` in a checkout, plain where a wheel or an image put it."""
    in_checkout = (root / "run").is_file() and (root / "pyproject.toml").is_file()
    return " ".join(filter(None, ("./run hearth" if in_checkout else "hearth", words)))
