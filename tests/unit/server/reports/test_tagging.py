"""The rules of PDF/UA that a program can read off the file: all content is tagged or artifact, tables have headers."""

import io
import re
from collections import Counter
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import NullObject

from server.reports.record_pdf import record_pdf
from tests.support.records import disagreed_record

MARK = re.compile(rb"/(\w+)\s+(?:<<\s*/MCID (\d+)\s*>>\s+BDC|BMC)|\b(EMC|Tj|TJ)\b")


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return PdfReader(io.BytesIO(record_pdf(disagreed_record(), "en")))


def elements(reader: PdfReader) -> list[Any]:
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        kids = one.get("/K", [])
        waiting += [kid.get_object() for kid in kids if hasattr(kid.get_object(), "get")]
    return found[1:]


def shown(page: Any) -> Counter[str]:
    """How many texts of a page are shown inside an artifact, a tagged mark, or nothing; tagged numbers as `#n`."""
    inside: list[str] = []
    counts: Counter[str] = Counter()
    for found in MARK.finditer(page.get_contents().get_data()):
        tag, number, word = found.groups()
        if word == b"EMC":
            inside.pop()
        elif word:
            counts[inside[-1] if inside else "nothing"] += 1
        else:
            inside.append("artifact" if tag == b"Artifact" else f"#{number.decode()}")
    return counts


def test_every_text_is_in_the_tree_or_artifact(reader: PdfReader) -> None:
    tree: dict[Any, set[str]] = {}
    for one in elements(reader):
        numbers = {f"#{kid}" for kid in one["/K"] if isinstance(kid, int)}
        if numbers:
            tree.setdefault(one.raw_get("/Pg").idnum, set()).update(numbers)
    for page in reader.pages:
        counts = shown(page)
        assert counts.pop("nothing", 0) == 0
        assert counts.pop("artifact") > 0
        assert page.indirect_reference is not None
        assert set(counts) <= tree[page.indirect_reference.idnum]


def test_header_cells_say_what_they_head(reader: PdfReader) -> None:
    scopes = Counter(one["/A"]["/Scope"] for one in elements(reader) if one["/S"] == "/TH")
    assert scopes["/Column"] >= 4 + 3 + 5 + 4
    assert scopes["/Row"] >= 6 + 2 + 7 + 6


def test_the_tree_has_the_shape_of_the_record(reader: PdfReader) -> None:
    kinds = Counter(one["/S"] for one in elements(reader))
    assert kinds["/H1"] == 1
    assert kinds["/H2"] >= 6
    assert kinds["/Table"] >= 5
    assert kinds["/BlockQuote"] >= 3
    assert kinds["/L"] >= 5


def test_what_lies_outside_the_tree_is_forgotten(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    known = {one.indirect_reference.idnum for one in elements(reader)}
    for entry in root["/ParentTree"]["/Nums"]:
        for kid in entry.get_object() if isinstance(entry.get_object(), list) else []:
            assert isinstance(kid, NullObject) or kid.idnum in known
