"""What a claim's text may not hold: markup, addresses, pings, invisible characters, block breaks."""

import re
import unicodedata
from collections.abc import Collection

from advisor.policy.grounding.folding import fold

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Me"})
_SIGNS = frozenset("°✓✗©®™→←≈≤≥≠×÷±§€£₹$+<>=|~^`´¬")
_TAG = re.compile(r"<\s*[/!?a-zA-Z@#]")
_ENTITY = re.compile(r"&(?:#x?[0-9a-fA-F]+|[A-Za-z]{2,31});?(?=\W|$)")
_LINK = re.compile(r"!?\[[^\]]*\]\s?\(|\]\s?\[|\[[^\]]+\]:\s|!\[")
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:|javascript:|vbscript:|data:[a-z]+[/;,]|file:)[^\s)\]]*",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?<![\w@])(?:[a-z0-9-]+\.)+(?:com|net|org|io|ai|dev|app|co|xyz|ru|cn|info|biz|me|link|site|top|click|shop|"
    r"online|example|test|local|gg|ly|to|sh|zip|mov|page|tech|cloud)\b(?:[/:?#][^\s]*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[\w-]*[^\W\d_]{2,}\.)+[a-z]{2,}\w*")
_PING = re.compile(r"(?<![\w])@\s?\w|\w@\w|<[!@#]")
_BLOCK = re.compile(r"^\s*(?:#{1,6}\s|>|[-*+]\s|\d{1,3}[.)]\s|={3,}|-{3,}|\*{3,}|_{3,}|:{3,})")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|\$\{|<%|%>|```|~~~|\$\$|\\")
_CODE = re.compile(r"`|(?<!\w)_{2}|~~")


def markup_faults(text: str, addresses: Collection[str], cited: str) -> tuple[str, ...]:
    """What the text of one claim or cell holds that it may not, in words.

    `addresses` are those of the cited sources; `cited` is the folded text of everything cited: a
    word in another script, or a name with a dot in it, may stand in a claim when it stands there.
    """
    found: list[str] = []
    if not text.strip():
        return ("there is no text",)
    hidden = sorted(
        {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in _INVISIBLE and c not in "\n\r\t"}
    )
    if hidden:
        found.append(f"invisible or control characters {', '.join(hidden)}")
    if any(c in text for c in "\n\r\t\v\f\x85\u2028\u2029"):
        found.append("a line break or tab")
    plain = fold(text)
    for pattern, name in (
        (_TAG, "a tag"),
        (_ENTITY, "an HTML entity"),
        (_LINK, "a link or an image"),
        (_PING, "a ping or an address"),
        (_BLOCK, "the start of a block"),
        (_TEMPLATE, "template or code marks"),
        (_CODE, "code marks"),
    ):
        if pattern.search(text) or pattern.search(plain):
            found.append(name)
    if "|" in plain:
        found.append("a table mark")
    found.extend(
        f"the address {match}"
        for match in _addresses(plain)
        if match.rstrip(".,;") not in addresses and match not in cited
    )
    if _strange(plain, cited):
        found.append("letters of another script, or signs, that nothing cited holds")
    return tuple(found)


def _addresses(plain: str) -> list[str]:
    found = [match.group() for match in _ADDRESS.finditer(plain)]
    rest = _ADDRESS.sub(" ", plain)
    found.extend(match.group() for match in _DOMAIN.finditer(rest))
    # Whatever else looks like a host: what turns text into links knows more endings than any list.
    found.extend(match.group() for match in _HOST.finditer(_DOMAIN.sub(" ", rest)))
    return found


def _strange(plain: str, cited: str) -> bool:
    for word in plain.split():
        if word.isascii() or word in cited:
            continue
        for character in word:
            if character.isascii():
                continue
            category = unicodedata.category(character)
            if category.startswith("L") and not unicodedata.name(character, "").startswith("LATIN"):
                return True
            if category.startswith(("M", "N")) or (
                category in ("So", "Sk", "Sm", "Lm") and character not in _SIGNS
            ):
                return True
    return False
