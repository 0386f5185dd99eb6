"""A reply's text for faces that draw it themselves: words stay words, and choices can be left to buttons."""

import re

from advisor.domain.reply import Question

_JOINER = "\u2060"
"""A word joiner: no width, no line break. It keeps an address from being one."""

_ADDRESS = re.compile(r"(?i)(?<![a-z0-9])(https?|ftp|mailto|xmpp)(?=:)|(?<![a-z0-9])(www)(?=\.)")
_AT = re.compile(r"@(?=\w)")


def unlinked(text: str) -> str:
    """The text with addresses and mentions as plain words, where a chat would make links of them."""
    return _AT.sub("@" + _JOINER, _ADDRESS.sub(lambda found: found.group(0) + _JOINER, text))


def without_choices(text: str, question: Question | None) -> str:
    """The text without the list of a question's choices, which stand as buttons below it."""
    if question is None:
        return text
    lines = text.split("\n")
    for choice in question.choices:
        plain = f"- {choice.label}"
        if plain in lines:
            del lines[len(lines) - 1 - lines[::-1].index(plain)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
