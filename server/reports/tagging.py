"""The last touches of a tagged PDF: what surrounds the page is artifact, header cells say their scope."""

from collections.abc import Iterable
from typing import Any


def finish(pdf: Any) -> None:
    """Change the unwritten PDF (`pydyf.PDF`, tagged by WeasyPrint) in place.

    WeasyPrint leaves page margins tagged outside the document's tree (it says so in `weasyprint/pdf/tags.py`), where a
    reader meets "Page 2 of 4" in mid-sentence; PDF/UA wants them as artifacts. Header cells have no scope yet.
    """
    objects = {one.reference: one for one in pdf.objects}
    elements = {name: one for name, one in objects.items() if _is(one, "/StructElem")}
    root = objects[pdf.catalog["StructTreeRoot"]]
    reached = set(_descendants(root["K"], elements))
    outside = {name: one for name, one in elements.items() if name not in reached}
    _make_artifacts(outside.values(), objects)
    _forget(objects[root["ParentTree"]]["Nums"], outside)
    for name in reached:
        if elements[name]["S"] == "/TH":
            elements[name]["A"]["Scope"] = "/Column" if _is_in_head(elements[name], elements) else "/Row"


def _is(one: Any, kind: str) -> bool:
    return isinstance(one, dict) and one.get("Type") == kind


def _descendants(kids: Iterable[Any], elements: dict[bytes, Any]) -> Iterable[bytes]:
    waiting = [one for one in kids if one in elements]
    while waiting:
        name = waiting.pop()
        yield name
        waiting += [one for one in elements[name]["K"] if isinstance(one, bytes) and one in elements]


def _make_artifacts(outside: Iterable[Any], objects: dict[bytes, Any]) -> None:
    """Rewrite `/P <</MCID n>> BDC` as `/Artifact BMC` wherever n belongs to an element outside the tree."""
    marks: dict[bytes, set[int]] = {}
    for element in outside:
        marks.setdefault(element["Pg"], set()).update(one for one in element["K"] if isinstance(one, int))
    for page, numbers in marks.items():
        content = objects[objects[page]["Contents"]].stream
        places = [at for at, one in enumerate(content) if isinstance(one, dict) and one.get("MCID") in numbers]
        for at in reversed(places):
            content[at - 1 : at + 2] = ["/Artifact", "BMC"]


def _forget(nums: list[Any], outside: dict[bytes, Any]) -> None:
    for entries in nums:
        if isinstance(entries, list):
            entries[:] = ["null" if one in outside else one for one in entries]


def _is_in_head(cell: Any, elements: dict[bytes, Any]) -> bool:
    row = elements[cell["P"]]
    return bool(elements[row["P"]]["S"] == "/THead")
