"""What is printed in a record are the letters that were written: pixels of the page beside the font's own glyphs.

Never by the text layer: it read 陈伟 where 陈亮 stood on the paper.
"""

from functools import cache

import msgspec
import pytest
from msgspec.structs import replace
from PIL import Image

from meetings.record import CaseRecord
from server.reports.fonts import FACES
from server.reports.record_pdf import record_pdf
from tests.support.ink import Ink, difference, drawn, letter_boxes, overlap, page_picture
from tests.support.records import agreed_record, disagreed_record

QUESTION_PT, QUESTION_WEIGHT, TOP_PT = 13, 600, 225  # the page as far as below the question
WRITTEN = {
    "Vietnamese": ("Noto Sans", "Nguyễn"),
    "Cyrillic": ("Noto Sans", "Шевченко"),
    "Greek": ("Noto Sans", "Ελένη"),
    "Persian": ("Noto Sans Arabic", "حسین\u200cعلی"),
    "Hebrew": ("Noto Sans Hebrew", "רחל"),
    "Hindi": ("Noto Sans Devanagari", "क्षत्रिय"),
    "Bengali": ("Noto Sans Bengali", "বাংলা"),
    "Chinese": ("Noto Sans SC", "陈伟"),
    "Chinese, the other name": ("Noto Sans SC", "陈亮"),
    "Chinese of Taiwan": ("Noto Sans SC", "臺灣"),
    "Japanese": ("Noto Sans JP", "ひらがな"),
    "Japanese with a variant": ("Noto Sans JP", "葛\U000e0100城"),
    "Korean": ("Noto Sans KR", "김민준"),
    "Khmer": ("Noto Sans Khmer", "ខ្មែរ"),
    "Burmese": ("Noto Sans Myanmar", "ကျော်"),
    "Amharic": ("Noto Sans Ethiopic", "አበበ"),
    "Thai": ("Noto Sans Thai", "กำลัง"),
    "family": ("Noto Emoji", "👨\u200d👩\u200d👧"),
    "thumb of a skin": ("Noto Emoji", "👍🏽"),
    "heart": ("Noto Emoji", "❤\ufe0f"),
    "flag": ("Noto Emoji", "🇲🇽"),
    "health worker": ("Noto Emoji", "👩🏽\u200d⚕\ufe0f"),
}
RIGHT_TO_LEFT = {"Persian", "Hebrew"}


def page(question: str) -> Image.Image:
    record = agreed_record()
    return page_picture(
        record_pdf(replace(record, meeting=replace(record.meeting, decision_question=question)), "en"), TOP_PT
    )


@cache
def without() -> Image.Image:
    return page("\u00a0")


@cache
def own_glyphs(what: str) -> Ink:
    family, word = WRITTEN[what]
    (face,) = (one for one in FACES if one.family == family)
    return drawn(word, face.path, QUESTION_WEIGHT, QUESTION_PT, what in RIGHT_TO_LEFT)


@pytest.mark.parametrize("what", WRITTEN)
def test_a_printed_word_is_the_fonts_own_picture_of_it_and_of_no_other(what: str) -> None:
    printed = difference(page(WRITTEN[what][1]), without())
    likeness = {one: printed.likeness(own_glyphs(one)) for one in WRITTEN}
    assert likeness.pop(what) > 0.995
    assert max(likeness.values()) < 0.9


@pytest.mark.parametrize("surname", ["ж" * 50, "ж" * 30 + "-" + "ж" * 30])
def test_a_long_surname_stays_in_its_own_column(surname: str) -> None:
    """In every table and sentence: no box of one of its letters lies over a box of another text."""
    encoded = msgspec.json.encode(disagreed_record()).decode().replace("Dana Reyes", f"Dana {surname}")
    pdf = record_pdf(msgspec.json.decode(encoded, type=CaseRecord), "en")
    found = 0
    for sheet in letter_boxes(pdf):
        own = [box for letter, box in sheet if letter == "ж"]
        found += len(own)
        others = [box for letter, box in sheet if letter not in "ж- \r\n"]
        assert not [(one, other) for one in own for other in others if overlap(one, other)]
    assert found > 100


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_letter_stands_beyond_the_margin(language: str) -> None:
    """Our own words too: those for a person whom no device counted are long."""
    record = agreed_record()
    uncounted = tuple(replace(line, intervals=(), seconds=None) for line in record.attendance)
    right = 612 - 20 * 72 / 25.4  # points of a Letter page and its margin
    for sheet in letter_boxes(record_pdf(replace(record, attendance=uncounted), language)):
        assert [letter for letter, box in sheet if box[2] > right + 0.5] == []
