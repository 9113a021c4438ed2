import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.plan.lib0 import MAX_SAFE, Reader, utf16_length, var_bytes, var_string, varuint
from realtime.plan.refusals import PlanUpdateError


@given(st.integers(0, MAX_SAFE))
def test_a_number_comes_back(value: int) -> None:
    reader = Reader(varuint(value))
    assert reader.varuint() == value
    reader.finish()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_string_comes_back_and_is_counted_as_javascript_counts(text: str) -> None:
    assert Reader(var_string(text)).var_string() == text
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80", b"\x80\x00", b"\xff" * 8, b"\xff\xff\xff\xff\xff\xff\xff\x1f", b"\xff" * 10 + b"\x01"],
    ids=["nothing", "cut off", "not the shortest form", "cut off late", "2^53", "11 bytes"],
)
def test_a_broken_number_is_malformed(data: bytes) -> None:
    with pytest.raises(PlanUpdateError) as caught:
        Reader(data).varuint()
    assert caught.value.code == "plan.malformed"


def test_a_length_never_exceeds_what_is_left() -> None:
    for read in (Reader(b"\x05abcd").var_bytes, Reader(b"\x05abcd").count, Reader(b"").byte):
        with pytest.raises(PlanUpdateError):
            read()
    assert Reader(var_bytes(b"abcd")).var_bytes() == b"abcd"
    assert Reader(b"a").byte() == 97


def test_broken_utf8_and_rests_are_malformed() -> None:
    with pytest.raises(PlanUpdateError):
        Reader(b"\x01\xff").var_string()
    with pytest.raises(PlanUpdateError):
        Reader(b"\x00").finish()
