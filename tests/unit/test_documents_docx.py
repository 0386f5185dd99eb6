"""A memo as a Word file: real headings, lists, tables, fields and links."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from docx.document import Document as Word
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont

from advisor.domain.memo import Memo
from advisor.interfaces.documents.document import document_of
from advisor.interfaces.documents.formats import render
from tests.unit.documents import NAMES, hostile, sample_memos


@pytest.fixture(scope="module")
def memos(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Memo, ...]:
    return sample_memos(prepared_home, model_cache, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def word(memos: tuple[Memo, ...]) -> Word:
    return docx.Document(io.BytesIO(render(memos[0], "docx")))


def test_it_says_what_it_is(memos: tuple[Memo, ...], word: Word) -> None:
    about = word.core_properties
    assert about.title == memos[0].title
    assert about.language == "en"
    assert about.author == "hiring-advisor"
    assert about.created is not None
    assert about.created.date() == dt.date.fromisoformat(memos[0].date)


def test_headings_are_headings(memos: tuple[Memo, ...], word: Word) -> None:
    found = [(p.style.name, p.text) for p in word.paragraphs if p.style and "Heading" in (p.style.name or "")]
    parts = [(f"Heading {part.level - 1}", part.heading) for part in document_of(memos[0]).parts]
    assert found == [*parts, ("Heading 1", "Sources")]
    assert next(p.text for p in word.paragraphs if p.style and p.style.name == "Title") == memos[0].title


def test_each_page_is_numbered_by_fields(word: Word) -> None:
    (section,) = word.sections
    for footer in (section.footer, section.first_page_footer):
        told = [(one.text or "").strip() for one in footer._element.iter(qn("w:instrText"))]
        assert told == ["PAGE", "NUMPAGES"]


def test_every_link_has_its_target(memos: tuple[Memo, ...], word: Word) -> None:
    body = word.element.body
    targets = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    numbers = [one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkStart"))]
    assert len(targets) == len(set(targets))
    assert len(numbers) == len(set(numbers))
    links = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert links <= set(targets)
    assert {f"s{one.number}" for one in memos[0].citations} <= links


def test_tables_repeat_their_header_and_keep_their_rows(memos: tuple[Memo, ...], word: Word) -> None:
    tabled = [section for section in memos[0].sections if section.table is not None]
    glance, *tables = word.tables
    assert len(glance.rows) == 1
    assert len(tables) == len(tabled)
    for table in tables:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert table.rows[1]._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
        width = sum(column.width or 0 for column in table.columns)
        section = word.sections[0]
        assert width <= (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)


def test_lists_are_lists(memos: tuple[Memo, ...], word: Word) -> None:
    listed = sum(len(section.claims) for section in memos[0].sections if section.listed)
    found = [p for p in word.paragraphs if p.style and p.style.name == "List Bullet"]
    assert len(found) == listed + len(document_of(memos[0]).sold)


def test_pictures_are_told_in_words(word: Word) -> None:
    assert len(word.inline_shapes) == 5
    for shape in word.inline_shapes:
        assert len(shape._inline.docPr.get("descr") or "") > 60


def test_only_an_address_of_the_web_leads_outside(memos: tuple[Memo, ...]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(render(hostile(memos[0]), "docx")))
    assert packed.testzip() is None
    for name in packed.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(packed.read(name))
    related = packed.read("word/_rels/document.xml.rels").decode()
    outward = [part.split('"')[0] for part in related.split('Target="')[1:] if "://" in part.split('"')[0]]
    assert outward
    assert all(one.startswith("https://example.org/") for one in outward)
    assert "javascript" not in related


def test_a_name_from_right_to_left_says_so(memos: tuple[Memo, ...]) -> None:
    word = docx.Document(io.BytesIO(render(hostile(memos[0]), "docx")))
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs if run.font.rtl]
    assert {"محمد", "דוד"} <= {run.text for run in runs}


def test_a_script_that_not_every_machine_has_brings_its_letters(memos: tuple[Memo, ...]) -> None:
    assert not [name for name in _packed(memos[0]).namelist() if "odttf" in name]
    packed = _packed(hostile(memos[0]))
    table = ElementTree.fromstring(packed.read("word/fontTable.xml"))
    related = ElementTree.fromstring(packed.read("word/_rels/fontTable.xml.rels"))
    places = {one.get("Id"): one.get("Target") for one in related}
    letters: set[int] = set()
    for one in table:
        inside = one.find(qn("w:embedRegular"))
        assert inside is not None
        scrambled = packed.read(f"word/{places[inside.get(qn('r:id'))]}")
        key = bytes.fromhex((inside.get(qn("w:fontKey")) or "").strip("{}").replace("-", ""))[::-1]
        head = bytes(byte ^ key[place % 16] for place, byte in enumerate(scrambled[:32]))
        letters |= set(TTFont(io.BytesIO(head + scrambled[32:])).getBestCmap())
    assert {ord(letter) for name in NAMES for letter in name if ord(letter) > 0x590} <= letters


def test_properties_stand_in_the_order_that_word_wants(memos: tuple[Memo, ...]) -> None:
    packed = _packed(hostile(memos[0]))
    body = ElementTree.fromstring(packed.read("word/document.xml"))
    wanted = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]
    for properties in body.iter(qn("w:tblPr")):
        names = [one.tag.rpartition("}")[2] for one in properties]
        assert names == sorted(names, key=wanted.index)
    settings = ElementTree.fromstring(packed.read("word/settings.xml"))
    names = [one.tag.rpartition("}")[2] for one in settings]
    assert names[:3] == ["zoom", "embedTrueTypeFonts", "saveSubsetFonts"]


def _packed(memo: Memo) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(render(memo, "docx")))
