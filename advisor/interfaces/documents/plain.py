"""Text as every format can hold it: nothing in it acts on a page, a reader or an XML file."""

import re

# Controls, marks that turn the writing direction, halves of characters, and what is no character at all.
_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]|[\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """One line of `text`: what cannot be seen is dropped, each run of white space is one space."""
    return " ".join(_DROPPED.sub("", text).split())


def web_address(url: str | None) -> str | None:
    """`url` when it is an address that a reader may follow, else None."""
    if url is None:
        return None
    address = plain(url)
    return address if re.fullmatch(r"https?://[^\s<>\"'\\^`{|}]+", address) else None
