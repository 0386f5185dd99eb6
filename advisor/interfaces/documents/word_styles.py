"""How the Word file looks: its page and the styles that everything in it uses."""

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from advisor.interfaces.documents.document import LANGUAGE

FONT = "Arial"
INK, SOFT, BLUE = RGBColor(0x1D, 0x23, 0x27), RGBColor(0x4F, 0x5A, 0x61), RGBColor(0x1F, 0x5F, 0xA8)
CARD, LINE = "F3F6F9", "D5DADE"
WIDTH = Cm(16.6)
"""Width of the text on a page."""

CELL, CELL_HEAD, SOURCE, GLANCE_LABEL, GLANCE, LEAD = (
    "Memo Cell", "Memo Cell Head", "Memo Source", "Memo Glance Label", "Memo Glance", "Memo Contents",
)  # fmt: skip


def style(word: Word) -> None:
    """Sets the page, the language and every style of a new file."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    _set(_known(word, "Normal"), 10, after=6, spacing=1.15)
    _set(_known(word, "Title"), 20, bold=True, after=4, spacing=1.1)
    _set(_known(word, "Subtitle"), 8.5, colour=SOFT, after=10)
    _set(_known(word, "Heading 1"), 15, bold=True, before=20, after=6)
    _set(_known(word, "Heading 2"), 11.5, bold=True, before=14, after=4)
    _set(_known(word, "List Bullet"), 10, after=3, spacing=1.15)
    _set(_known(word, "Caption"), 8, colour=SOFT, before=2, after=10)
    _set(_known(word, "Header"), 8, colour=SOFT)
    _set(_known(word, "Footer"), 8, colour=SOFT)
    _set(_added(word, CELL), 8.5, before=2, after=2)
    _set(_added(word, CELL_HEAD), 8.5, bold=True, before=2, after=2)
    _set(_added(word, SOURCE), 8, after=3, hanging=Cm(1.1))
    _set(_added(word, GLANCE_LABEL), 8, colour=SOFT, before=4, after=0)
    _set(_added(word, GLANCE), 10, bold=True, after=4)
    _set(_added(word, LEAD), 9, after=1)
    for name in ("Title", "Heading 1", "Heading 2", CELL_HEAD):
        _known(word, name).paragraph_format.keep_with_next = True
    _plain_title(_known(word, "Title"))


def _known(word: Word, name: str) -> ParagraphStyle:
    found = word.styles[name]
    assert isinstance(found, ParagraphStyle)
    return found


def _added(word: Word, name: str) -> ParagraphStyle:
    made = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(made, ParagraphStyle)
    made.base_style = word.styles["Normal"]
    return made


def _set(
    one: ParagraphStyle,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor = INK,
    before: float = 0,
    after: float = 0,
    spacing: float = 1.1,
    hanging: Cm | None = None,
) -> None:
    one.font.size, one.font.bold, one.font.italic, one.font.color.rgb = Pt(size), bold, False, colour
    _font(one)
    _size_of_all(one, size)
    for spaced in one.element.get_or_add_rPr().findall(qn("w:spacing")):
        spaced.getparent().remove(spaced)
    shape = one.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), spacing
    if hanging is not None:
        shape.left_indent, shape.first_line_indent = hanging, -hanging


def _font(one: ParagraphStyle) -> None:
    """One font for every script; a reader's own fonts stand in for letters that it lacks."""
    properties = one.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), f"{LANGUAGE}-US")


def _size_of_all(one: ParagraphStyle, size: float) -> None:
    """The same size for scripts that Word sizes apart, as Arabic and Devanagari."""
    properties = one.element.get_or_add_rPr()
    for held in properties.findall(qn("w:szCs")):
        properties.remove(held)
    apart = OxmlElement("w:szCs")
    apart.set(qn("w:val"), str(round(size * 2)))
    properties.find(qn("w:sz")).addnext(apart)


def _plain_title(title: ParagraphStyle) -> None:
    """Without the line that Word's own title has below it."""
    borders = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)
