"""The what-if form: a modal with a menu for each fact that can be supposed, and what was picked in it."""

import json
from collections.abc import Mapping
from typing import Any, cast

from advisor.domain.vocabulary import FactKey
from advisor.interfaces.slack.blocks import Shape, context, plain_text
from advisor.interfaces.slack.wording import Supposable, wording

CALLBACK = "what_if"
_AS_IT_IS = "as_it_is"
_ACTION = "value"


def view(private: Mapping[str, str | None]) -> Shape:
    """The modal. `private` comes back when it is sent."""
    words = wording()
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(dict(private)),
        "title": plain_text(words.what_if_title, 24),
        "submit": plain_text(words.what_if_submit, 24),
        "close": plain_text(words.what_if_close, 24),
        "blocks": [*context([words.what_if_intro]), *(_menu(one) for one in words.suppositions)],
    }


def picked(state: Mapping[str, Any]) -> dict[str, str]:
    """The index of the value that was picked, by fact; facts left as they are don't stand in it."""
    found: dict[str, str] = {}
    for fact, actions in state.items():
        option = cast(Mapping[str, Any], actions).get(_ACTION, {}).get("selected_option") or {}
        value = str(option.get("value", _AS_IT_IS))
        if value != _AS_IT_IS:
            found[fact] = value
    return found


def changes(found: Mapping[str, str]) -> tuple[list[str], dict[FactKey, object]]:
    """What was picked, in words and as values; what the form does not offer is left out."""
    labels: list[str] = []
    values: dict[FactKey, object] = {}
    for one in wording().suppositions:
        at = found.get(one.fact, "")
        if at.isdecimal() and int(at) < len(one.choices):
            choice = one.choices[int(at)]
            labels.append(one.phrase.format(choice=choice.label))
            values[one.fact] = choice.value
    return labels, values


def nothing_picked() -> dict[str, str]:
    """What the form says below its first menu when every line was left as it is."""
    words = wording()
    return {words.suppositions[0].fact: words.what_if_nothing}


def _menu(one: Supposable) -> Shape:
    kept = {"text": plain_text(wording().what_if_unchanged), "value": _AS_IT_IS}
    options = [{"text": plain_text(choice.label), "value": str(at)} for at, choice in enumerate(one.choices)]
    menu = {
        "type": "static_select",
        "action_id": _ACTION,
        "options": [kept, *options],
        "initial_option": kept,
    }
    return {"type": "input", "block_id": one.fact, "label": plain_text(one.label), "element": menu}
