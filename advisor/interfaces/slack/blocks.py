"""Block Kit: the few blocks that the bot uses, and messages packed within Slack's documented limits."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.interfaces.documents.plain import plain
from advisor.interfaces.slack.mrkdwn import LONGEST, length, pieces

Shape = dict[str, Any]
"""A block, an element or a view as Slack takes it."""

LONGEST_LABEL = 75
"""Characters of a button's text and of an option's."""
MOST_BUTTONS = 25
MOST_IN_CONTEXT = 10
MOST_FIELDS, LONGEST_FIELD = 10, 2_000
MOST_BLOCKS = 45
"""Blocks of one message; Slack takes 50, and what stands at the end must fit as well."""
MOST_CHARACTERS = 10_000
"""Characters of one message's blocks together. Slack documents no bound, and refuses at some 13,000."""
LONGEST_NOTICE = 3_000
"""Characters of the text that stands for the blocks in notifications and for screen readers."""


@dataclass(frozen=True)
class Message:
    """A message: its blocks, and the same as text for notifications and screen readers (mrkdwn)."""

    text: str
    blocks: tuple[Shape, ...]

    def shown(self) -> Shape:
        """What chat.update takes; nothing in it is read for links or names."""
        return {"text": self.text, "blocks": list(self.blocks), "parse": "none", "link_names": False}

    def arguments(self) -> Shape:
        """What chat.postMessage takes."""
        return {**self.shown(), "unfurl_links": False, "unfurl_media": False}


def mrkdwn(text: str) -> Shape:
    """A text object. `verbatim` keeps Slack from looking for addresses and names in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int = LONGEST_LABEL) -> Shape:
    """Text that Slack draws as it is."""
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit`, cut at a word."""
    line = plain(text)
    if length(line) <= limit:
        return line
    while length(line) > limit - 2 and line:
        line = line[:-1]
    return f"{line.rpartition(' ')[0] or line} …"


def sections(texts: Iterable[str]) -> list[Shape]:
    """A section for each text, more where one is too long."""
    # Without `expand` Slack folds a long text behind "see more".
    return [
        {"type": "section", "text": mrkdwn(one), "expand": True} for text in texts for one in pieces(text)
    ]


def fields(pairs: Sequence[tuple[str, str]]) -> list[Shape]:
    """Short facts beside each other: bold labels over values, both mrkdwn."""
    texts = [
        mrkdwn(piece) for label, value in pairs for piece in pieces(f"*{label}*\n{value}", LONGEST_FIELD)[:1]
    ]
    groups = [texts[at : at + MOST_FIELDS] for at in range(0, len(texts), MOST_FIELDS)]
    return [{"type": "section", "fields": group} for group in groups]


def context(texts: Iterable[str]) -> list[Shape]:
    """Small print, an element for each text."""
    elements = [mrkdwn(piece) for text in texts for piece in pieces(text, LONGEST)]
    groups = [elements[at : at + MOST_IN_CONTEXT] for at in range(0, len(elements), MOST_IN_CONTEXT)]
    return [{"type": "context", "elements": group} for group in groups]


def button(action: str, label: str, value: Mapping[str, Any], primary: bool = False) -> Shape:
    """A button; `value` comes back when it is pressed."""
    shape: Shape = {
        "type": "button",
        "action_id": action,
        "text": plain_text(label),
        "value": json.dumps(value),
    }
    return shape | {"style": "primary"} if primary else shape


def actions(elements: Sequence[Shape]) -> list[Shape]:
    """Elements in rows of 25."""
    groups = [elements[at : at + MOST_BUTTONS] for at in range(0, len(elements), MOST_BUTTONS)]
    return [{"type": "actions", "elements": list(group)} for group in groups]


def feedback(action: str, good: str, bad: str, value: Mapping[str, Any]) -> Shape:
    """Two thumbs; `value` comes back with `good` added."""

    def thumb(label: str, is_good: bool) -> Shape:
        told = json.dumps({**value, "good": is_good})
        return {"text": plain_text(label), "accessibility_label": label, "value": told}

    buttons = {
        "type": "feedback_buttons",
        "action_id": action,
        "positive_button": thumb(good, True),
        "negative_button": thumb(bad, False),
    }
    return {"type": "context_actions", "elements": [buttons]}


def packed(body: Sequence[Shape], end: Sequence[Shape] = ()) -> tuple[Message, ...]:
    """The blocks as one message or more; `end` stays together at the end of the last one."""
    messages: list[list[Shape]] = [[]]
    size = 0
    for block in body:
        more = _size(block)
        if messages[-1] and (len(messages[-1]) >= MOST_BLOCKS or size + more > MOST_CHARACTERS):
            messages.append([])
            size = 0
        messages[-1].append(block)
        size += more
    over = len(messages[-1]) + len(end) > MOST_BLOCKS or size + sum(map(_size, end)) > MOST_CHARACTERS
    if len(messages[-1]) > 1 and end and over:
        messages.append([messages[-1].pop()])  # Buttons alone would not say what they answer.
    messages[-1].extend(end)
    return tuple(Message(_notice(blocks), tuple(blocks)) for blocks in messages if blocks)


def _size(block: Shape) -> int:
    return sum(length(text) for text in _texts(block))


def _texts(block: Shape) -> list[str]:
    objects: list[Shape] = [block["text"]] if "text" in block else []
    objects += [*block.get("fields", ()), *block.get("elements", ())]
    found: list[str] = []
    for one in objects:
        text = one.get("text", "")
        found.append(text["text"] if isinstance(text, dict) else text)
    return found


def _notice(blocks: Iterable[Shape]) -> str:
    said = [text for block in blocks if block["type"] in ("section", "context") for text in _texts(block)]
    if not said:
        said = [text for block in blocks for text in _texts(block)]
    return pieces("\n".join(said), LONGEST_NOTICE)[0]
