"""A memo as PDF: pages, links, bookmarks and fonts; nothing is cut and nothing overlaps."""

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from advisor.domain.memo import Claim, Memo, OwnWording, Section
from advisor.interfaces.documents.document import document_of
from advisor.interfaces.documents.formats import render
from tests.unit.documents import NAMES, hostile, sample_memos

MARGIN = 60.0
"""Points at each side that hold nothing: 2.2 cm, less what rounds."""
HEAD_AND_FOOT = 28.0
EVEN = 0.5
LIGATURE = 4
"""Letters that are set as one have one box; those that lie so far apart in the text are no ligature."""


@pytest.fixture(scope="module")
def memos(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Memo, ...]:
    return sample_memos(prepared_home, model_cache, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def files(memos: tuple[Memo, ...]) -> tuple[bytes, ...]:
    return tuple(render(memo, "pdf") for memo in (*memos, hostile(memos[0])))


def test_it_says_what_it_is(memos: tuple[Memo, ...], files: tuple[bytes, ...]) -> None:
    reader = PdfReader(io.BytesIO(files[0]))
    assert reader.metadata is not None
    assert reader.metadata.title == memos[0].title
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == memos[0].date
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True


@pytest.mark.parametrize("number", [0, 1])
def test_bookmarks_name_every_heading(number: int, memos: tuple[Memo, ...], files: tuple[bytes, ...]) -> None:
    reader = PdfReader(io.BytesIO(files[number]))
    named = [one.title for one in _flat(reader.outline)]
    assert named == [*(part.heading for part in document_of(memos[number]).parts), "Sources"]


def _flat(outline: list[Any]) -> Iterator[Destination]:
    for one in outline:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


@pytest.mark.parametrize("number", [0, 1])
def test_every_cited_number_is_a_link_to_its_source(
    number: int, memos: tuple[Memo, ...], files: tuple[bytes, ...]
) -> None:
    reader = PdfReader(io.BytesIO(files[number]))
    links = [note for page in reader.pages for note in _notes(page) if note["/Subtype"] == "/Link"]
    # Each leads inside the file, and no source is without a link that leads to its place.
    assert not [note for note in links if "/A" in note and "/URI" in note["/A"]]
    targets = {str(note.get("/Dest", note.get("/A", {}).get("/D"))) for note in links}
    contents = sum(part.level == 2 for part in document_of(memos[number]).parts) + 1
    assert len(targets) == len(memos[number].citations) + contents


def _notes(page: Any) -> Iterator[Any]:
    for note in page.get("/Annots", ()):
        yield note.get_object()


def test_only_an_address_of_the_web_leads_outside(files: tuple[bytes, ...]) -> None:
    reader = PdfReader(io.BytesIO(files[2]))
    notes = [note for page in reader.pages for note in _notes(page)]
    outward = {str(note["/A"]["/URI"]) for note in notes if "/A" in note and "/URI" in note["/A"]}
    assert outward
    assert all(one.startswith("https://example.org/") for one in outward)
    assert b"/JavaScript" not in files[2]
    assert b"/OpenAction" not in files[2]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_page_has_its_number(number: int, files: tuple[bytes, ...]) -> None:
    with pypdfium2.PdfDocument(files[number]) as opened:
        count = len(opened)
        assert count >= 5
        for place in range(count):
            page = opened[place]
            foot = page.get_textpage().get_text_bounded(0, 0, page.get_width(), 60)
            assert f"{place + 1} of {count}" in foot


@pytest.mark.parametrize("number", [0, 1, 2])
def test_fonts_are_in_the_file(number: int, files: tuple[bytes, ...]) -> None:
    reader = PdfReader(io.BytesIO(files[number]))
    found = [font for page in reader.pages for font in _fonts(page["/Resources"])]
    assert found
    for font in found:
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


def _fonts(resources: Any) -> Iterator[Any]:
    for font in resources.get_object().get("/Font", {}).values():
        yield font.get_object()
    for held in resources.get_object().get("/XObject", {}).values():
        if "/Resources" in held.get_object():
            yield from _fonts(held.get_object()["/Resources"])


def _boxes(page: pypdfium2.PdfPage) -> np.ndarray:
    """The box of every character that can be seen: left, bottom, right, top."""
    text = page.get_textpage()
    seen = text.get_text_range()
    boxes = [text.get_charbox(at) for at in range(text.count_chars()) if seen[at : at + 1].strip()]
    return np.array(boxes).reshape(-1, 4)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_nothing_is_cut_and_nothing_overlaps(number: int, files: tuple[bytes, ...]) -> None:
    with pypdfium2.PdfDocument(files[number]) as opened:
        for place in range(len(opened)):
            page = opened[place]
            boxes = _boxes(page)
            width, height = page.get_size()
            assert boxes[:, 0].min() >= MARGIN
            assert boxes[:, 2].max() <= width - MARGIN
            assert boxes[:, 1].min() >= HEAD_AND_FOOT
            assert boxes[:, 3].max() <= height - HEAD_AND_FOOT
            if number < 2:  # marks of some scripts lie on their letters
                assert _overlaps(boxes) == 0, f"page {place + 1}"


def _overlaps(boxes: np.ndarray) -> int:
    """How many pairs of characters lie on one another by more than half of the smaller."""
    left, low, right, top = boxes.T
    sizes = (right - left) * (top - low)
    wide = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    high = np.minimum(top[:, None], top) - np.maximum(low[:, None], low)
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    smaller = np.minimum(sizes[:, None], sizes)
    found = (shared > EVEN * smaller) & (smaller > 0)
    return int(np.triu(found, LIGATURE).sum())


def test_names_of_many_scripts_are_set_in_letters_and_can_be_read_back(memos: tuple[Memo, ...]) -> None:
    names = Section(
        id="facts",
        heading="Names",
        claims=tuple(Claim(text=f"{name}  \u1b05", evidence=(OwnWording(),)) for name in NAMES),
        listed=True,
    )
    memo = memos[0].model_copy(update={"title": "Names", "sections": (names,), "citations": ()})
    file = render(memo, "pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    with pypdfium2.PdfDocument(file) as opened:
        text += opened[0].get_textpage().get_text_range()
        page = opened[0]
        for name in NAMES:
            # What is written from right to left may be read back in the order of the page.
            assert name in text or name[::-1] in text or sorted(name) == sorted(set(name) & set(text)), name
        shapes = _shapes(page)
    box = shapes.pop("", None)
    assert box is not None, "a letter of no font is set as a box"
    letters = {letter for name in NAMES for letter in name if letter.isalpha()}
    assert len(letters & set(shapes)) > 25
    assert not [letter for letter in letters & set(shapes) if np.array_equal(shapes[letter], box)]


def _shapes(page: pypdfium2.PdfPage) -> dict[str, np.ndarray]:
    """What each character looks like, at one size; what no font has stands under no letter."""
    scale = 6
    image = page.render(scale=scale).to_pil().convert("L")
    text, height = page.get_textpage(), page.get_height()
    found: dict[str, np.ndarray] = {}
    for at in range(text.count_chars()):
        letter = text.get_text_range(at, 1)
        left, low, right, top = text.get_charbox(at)
        if not letter.isspace() and right - left > 1 and top - low > 1:
            cut = (left * scale, (height - top) * scale, right * scale, (height - low) * scale)
            found[letter] = np.array(image.crop(tuple(map(round, cut))).resize((24, 24))) < 128  # pyright: ignore[reportArgumentType]
    return found


def test_a_table_repeats_its_header_on_the_next_page(files: tuple[bytes, ...]) -> None:
    with pypdfium2.PdfDocument(files[0]) as opened:
        pages = [opened[place].get_textpage().get_text_range() for place in range(len(opened))]
    again = [page for page, after in pairwise(pages) if "What it says" in page and "What it says" in after]
    assert again
