"""Ink on paper: a printed page as pixels, and a word as the font itself has it, to lay one over the other."""

import io
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SCALE = 8
"""Pixels a point."""


@dataclass(frozen=True)
class Ink:
    """A black-and-white picture cut to its ink; one white pixel where there is none."""

    picture: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        """In pixels."""
        return self.picture.size

    def likeness(self, other: "Ink") -> float:
        """The part of each one's ink that lies on the other's or a quarter of a point beside it: of the two, the less.
        1 is the same picture."""
        size = (max(self.size[0], other.size[0]), max(self.size[1], other.size[1]))
        mine, theirs = self._on(size), other._on(size)
        return min(_part(mine, theirs), _part(theirs, mine))

    def _on(self, size: tuple[int, int]) -> Image.Image:
        sheet = Image.new("1", size, 0)
        sheet.paste(self.picture, (0, 0))
        return sheet


def page_picture(pdf: bytes, height_pt: int) -> Image.Image:
    """The upper part of the first page, grey."""
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    return page.render(scale=SCALE, crop=(0, page.get_height() - height_pt, 0, 0), grayscale=True).to_pil().convert("L")


def difference(page: Image.Image, without: Image.Image) -> Ink:
    """What a page has on it beyond another."""
    return cut(ImageChops.difference(page, without))


def drawn(word: str, font: Path, weight: int, size_pt: float, is_rtl: bool = False) -> Ink:
    """A word shaped and drawn out of the font's file by FreeType and HarfBuzz, without any page."""
    face = ImageFont.truetype(str(font), size_pt * SCALE, layout_engine=ImageFont.Layout.RAQM)
    face.set_variation_by_axes([weight])
    sheet = Image.new("L", (len(word) * 30 * SCALE + 400, 60 * SCALE), 0)
    draw = ImageDraw.Draw(sheet)
    draw.text((150, 20 * SCALE), word, font=face, fill=255, direction="rtl" if is_rtl else "ltr")
    return cut(sheet)


def cut(picture: Image.Image) -> Ink:
    """A light picture on black, as ink without its margins."""
    ink = picture.point(lambda value: 255 if value > 110 else 0).convert("1")
    box = ink.getbbox()
    return Ink(ink.crop(box) if box else Image.new("1", (1, 1), 0))


def _part(ink: Image.Image, of: Image.Image) -> float:
    near = of.convert("L").filter(ImageFilter.MaxFilter(2 * (SCALE // 4) + 1)).convert("1")
    return _count(ImageChops.logical_and(ink, near)) / _count(ink)


def _count(picture: Image.Image) -> int:
    return picture.histogram()[-1] or 1


Box = tuple[float, float, float, float]


def letter_boxes(pdf: bytes) -> list[list[tuple[str, Box]]]:
    """Every letter of every page with its box (left, bottom, right, top), in points."""
    sheets = []
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        text = page.get_textpage()
        letters = text.get_text_range(0, text.count_chars())
        sheets.append([(one, text.get_charbox(number)) for number, one in enumerate(letters)])
    return sheets


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share more than a hair."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width > 0.5 and height > 0.5
