"""Names of conversations: new ones that can be read and typed, given ones that can be kept."""

import datetime as dt
import secrets

from advisor.errors import InputError

LONGEST = 100

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_WORDS = tuple(
    """
    acorn alder amber anchor apple apron arch aspen aster badger bamboo barley basil beacon beaver birch
    bison brook cabin camel candle canoe canyon cedar cherry clover cobalt comet copper coral crane
    cricket daisy delta dolphin dune eagle ember falcon fennel fern finch fjord flint forest fox garnet
    ginger glacier granite grove harbor hazel heron hickory holly indigo island ivory jasmine juniper
    kestrel kiwi lagoon lantern larch laurel lemon lilac linden lotus lynx magnet maple marble meadow
    mint mosaic moss myrtle nectar nutmeg oak oasis olive opal orchid otter owl pebble pepper pine plum
    poplar prairie quartz quill raven reed ridge river robin rowan saffron sage sailor salmon sequoia
    shell silver sorrel sparrow spruce summit swan tango teal thistle thyme tiger topaz tulip valley
    velvet violet walnut willow wren
    """.split()
)


def new_thread(today: dt.date) -> str:
    """The day, a word and three letters, for example `2026-11-20-otter-k7m`."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(3))
    return f"{today.isoformat()}-{secrets.choice(_WORDS)}-{tail}"


def checked_thread(name: str) -> str:
    """The name as given. Raises InputError for one that can't be shown on a line."""
    if not name.strip() or not name.isprintable() or len(name) > LONGEST:
        raise InputError(
            "That name can't be given to a conversation.",
            f"Use 1 to {LONGEST} characters on one line, for example `{new_thread(dt.date(2026, 1, 2))}`.",
        )
    return name


def named(given: str | None) -> str:
    """The name to use: the one given, or a new one. Raises InputError."""
    # The day where the user sits, since it is for the user to read.
    return new_thread(dt.date.today()) if given is None else checked_thread(given)  # noqa: DTZ011
