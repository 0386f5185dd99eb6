"""Fonts that travel inside a Word file, for the characters that not every machine has a font for."""

import uuid
from collections.abc import Mapping

from docx.document import Document as Word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml

from advisor.interfaces.documents.faces import small_font

_HIDDEN_FONT = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_LINKED_FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_NAMES = uuid.UUID("6f1d5f0e-6d0a-4b38-9f0d-5f6a3f0a9c11")
_BEFORE = {qn(f"w:{name}") for name in ("writeProtection", "view", "zoom", "removePersonalInformation")}
"""Settings that stand before those on fonts; Word wants them in this order."""
_SCRAMBLED = 32
"""Bytes at the beginning of a font that the format wants mixed with the font's key."""


def embed(word: Word, used: Mapping[str, set[str]]) -> None:
    """Puts a small font into the file for each family, with the characters used of it."""
    if not used:
        return
    package = word.part.package
    assert package is not None
    table = parse_xml(f"<w:fonts {nsdecls('w', 'r')}/>")
    listed = _font_table(word)
    for number, family in enumerate(sorted(used), start=1):
        font = small_font(family, used[family])
        key = uuid.uuid5(_NAMES, family)
        place = PackURI(f"/word/fonts/font{number}.odttf")
        part = Part(place, _HIDDEN_FONT, _scrambled(font, key), package)
        held = OxmlElement("w:font")
        held.set(qn("w:name"), family)
        inside = OxmlElement("w:embedRegular")
        inside.set(qn("r:id"), listed.relate_to(part, _LINKED_FONT))
        inside.set(qn("w:fontKey"), f"{{{str(key).upper()}}}")
        held.append(inside)
        table.append(held)
    listed._blob = _serialised(table)  # pyright: ignore[reportPrivateUsage]
    settings = word.settings.element
    before = [place for place, one in enumerate(settings) if one.tag in _BEFORE]
    for name in ("w:saveSubsetFonts", "w:embedTrueTypeFonts"):
        settings.insert(before[-1] + 1 if before else 0, OxmlElement(name))


def _font_table(word: Word) -> Part:
    for related in word.part.rels.values():
        if related.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            return related.target_part
    package = word.part.package
    assert package is not None
    part = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, b"", package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)
    return part


def _serialised(element: object) -> bytes:
    from docx.opc.oxml import serialize_part_xml

    return serialize_part_xml(element)  # pyright: ignore[reportArgumentType]


def _scrambled(font: bytes, key: uuid.UUID) -> bytes:
    """As the format wants it (ECMA-376, part 4, font embedding): the first bytes mixed with the key."""
    mixed = bytes.fromhex(key.hex)[::-1]
    head = bytes(byte ^ mixed[place % len(mixed)] for place, byte in enumerate(font[:_SCRAMBLED]))
    return head + font[_SCRAMBLED:]
