"""The check of Block Kit: what Slack takes passes, and each limit is refused one past it."""

from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    MarkdownBlock,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from advisor.testing.block_kit import LIMITS, pings, text_violations, view_violations, violations

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("x"), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(at: int, **more: Any) -> Json:
    return {"text": plain(f"o{at}"), "value": f"v{at}", **more}


def select(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": list(options), **more}


def feedback(text: str = "Good", value: str = "up") -> Json:
    button = {"text": plain(text), "value": value}
    return {
        "type": "feedback_buttons",
        "action_id": "f",
        "positive_button": button,
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }


def context_actions(*elements: Json) -> Json:
    return {"type": "context_actions", "elements": list(elements)}


def confirm(**more: Any) -> Json:
    return {"title": plain("t"), "text": mrkdwn("x"), "confirm": plain("y"), "deny": plain("n"), **more}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


def rich(*inline: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(inline), **more}]}


IMAGE = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a"}
WORD = {"type": "text", "text": "x", "style": {"bold": True}}
LINE = {"type": "rich_text_section", "elements": [WORD]}

GOOD: dict[str, list[Json]] = {
    "fifty blocks": [section()] * 50,
    "section": [section(text=mrkdwn("x" * 3000), accessory=button(value="v" * 2000), block_id="b" * 255)],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
    "context": [{"type": "context", "elements": [mrkdwn("x"), IMAGE] * 5}],
    "actions": [actions(*(button(action_id=f"a{at}", text=plain("x" * 75)) for at in range(25)))],
    "select": [
        actions(select(*map(option, range(100)), placeholder=plain("p" * 150), initial_option=option(3)))
    ],
    "option": [actions(select(option(0, value="v" * 150, description=plain("d" * 75))))],
    "radio": [
        section(accessory={"type": "radio_buttons", "action_id": "r", "options": [option(1), option(2)]})
    ],
    "overflow": [section(accessory={"type": "overflow", "action_id": "o", "options": [option(1)]})],
    "confirm": [actions(button(confirm=confirm(title=plain("x" * 100), text=mrkdwn("x" * 300))))],
    "feedback": [context_actions(feedback(text="x" * 75, value="v" * 2000))],
    "markdown": [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "y" * 6000}],
    "image": [IMAGE | {"alt_text": "x" * 2000, "title": plain("x" * 2000)}],
    "table": [table([[cell()] * 20] * 100, column_settings=[{"align": "right"}, None])],
    "rich": [rich(WORD, {"type": "link", "url": "https://x.test"})],
    "list": [rich(LINE, kind="rich_text_list", style="bullet", indent=1)],
    "task": [{"type": "task_card", "task_id": "1", "title": "t", "status": "complete", "output": rich(WORD)}],
}

BAD: dict[str, tuple[list[Json], str]] = {
    "no blocks": ([], "at least one"),
    "51 blocks": ([section()] * 51, "no more than 50"),
    "unknown block": ([{"type": "fancy"}], "unsupported type: fancy"),
    "unknown property": ([section(colour="red")], "additional property: colour"),
    "long section": ([section(text=mrkdwn("x" * 3001))], "/blocks/0/text/text"),
    "empty text": ([section(text=mrkdwn(""))], "more than 0"),
    "no text": ([{"type": "section"}], "text or fields"),
    "11 fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10"),
    "long field": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "2001"),
    "mrkdwn header": ([{"type": "header", "text": mrkdwn("x")}], "plain_text"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "151"),
    "emoji in mrkdwn": ([section(text=mrkdwn("x") | {"emoji": True})], "additional property: emoji"),
    "11 in context": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10"),
    "button in context": ([{"type": "context", "elements": [button()]}], "text object"),
    "26 buttons": ([actions(*(button(action_id=str(at)) for at in range(26)))], "no more than 25"),
    "same action_id": ([actions(button(), button())], "action_id 'go' already"),
    "long label": ([actions(button(text=plain("x" * 76)))], "less than 76"),
    "long value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "long action_id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "long url": ([actions(button(url="x" * 3001))], "less than 3001"),
    "style": ([actions(button(style="green"))], "primary or danger"),
    "long block_id": ([section(block_id="b" * 256)], "less than 256"),
    "same block_id": ([section(block_id="b"), section(block_id="b")], "block_id 'b' already"),
    "101 options": ([actions(select(*map(option, range(101))))], "no more than 100"),
    "no options": ([actions(select())], "at least one"),
    "same options": ([actions(select(option(1), option(1)))], "option value 'v1' already"),
    "long option": ([actions(select(option(1, text=plain("x" * 76))))], "less than 76"),
    "long option value": ([actions(select(option(1, value="x" * 151)))], "less than 151"),
    "mrkdwn option": ([actions(select(option(1, text=mrkdwn("x"))))], "plain_text"),
    "long description": ([actions(select(option(1, description=plain("x" * 76))))], "less than 76"),
    "long placeholder": ([actions(select(option(1), placeholder=plain("x" * 151)))], "less than 151"),
    "initial option": ([actions(select(option(1), initial_option=option(2)))], "one of the options"),
    "6 in overflow": (
        [section(accessory={"type": "overflow", "options": [*map(option, range(6))]})],
        "than 5",
    ),
    "long confirm": ([actions(button(confirm=confirm(confirm=plain("x" * 31))))], "less than 31"),
    "confirm alone": ([actions(button(confirm={"title": plain("t")}))], "required field: deny"),
    "feedback in actions": ([actions(feedback())], "unsupported type in actions"),
    "button beside feedback": ([context_actions(button())], "unsupported type in context_actions"),
    "6 in context actions": ([context_actions(*[feedback()] * 6)], "no more than 5"),
    "long feedback": ([context_actions(feedback(text="x" * 76))], "less than 76"),
    "markdown together": ([{"type": "markdown", "text": "x" * 6001}] * 2, "together"),
    "long alt_text": ([IMAGE | {"alt_text": "x" * 2001}], "less than 2001"),
    "no alt_text": ([{"type": "image", "image_url": "x"}], "required field: alt_text"),
    "101 rows": ([table([[cell()]] * 101)], "no more than 100"),
    "21 cells": ([table([[cell()] * 21])], "no more than 20"),
    "empty cell": ([table([[cell("")]])], "more than 0"),
    "long table": ([table([[cell("x" * 5001), cell("x" * 5000)]])], "10000 characters"),
    "two tables": ([table([[cell()]]), table([[cell()]])], "only_one_table_allowed"),
    "rich text word": ([rich({"type": "text", "text": ""})], "required field: text"),
    "rich text kind": ([rich(WORD, kind="rich_text_heading")], "unsupported type: rich_text_heading"),
    "list of words": (
        [rich(WORD, kind="rich_text_list", style="bullet")],
        "unsupported type: rich_text_text",
    ),
    "task status": ([{"type": "task_card", "task_id": "1", "title": "t", "status": "done"}], "in_progress"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_slack_takes_has_no_violation(name: str) -> None:
    assert violations(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_what_slack_refuses_is_told_with_its_place(name: str) -> None:
    blocks, told = BAD[name]

    found = violations(blocks)

    assert any(told in each for each in found), found
    assert all("[json-pointer:/blocks" in each for each in found)


def test_the_sdks_own_models_pass() -> None:
    blocks = [
        HeaderBlock(text="Whom to hire"),
        SectionBlock(text="*One* contractor", fields=["a", "b"]),
        MarkdownBlock(text="**why**"),
        ContextBlock(elements=[{"type": "mrkdwn", "text": "1 of 2"}]),
        ActionsBlock(
            elements=[
                ButtonElement(
                    text="Yes",
                    action_id="yes",
                    value="1",
                    confirm=ConfirmObject(title="Sure?", text="It costs.", confirm="Yes", deny="No"),
                ),
                StaticSelectElement(
                    placeholder="Which?", action_id="which", options=[Option(value="a", label="A")]
                ),
            ]
        ),
    ]

    assert violations([block.to_dict() for block in blocks]) == []


def modal(**more: Any) -> Json:
    label = {
        "type": "input",
        "label": plain("Why?"),
        "element": {"type": "plain_text_input", "action_id": "why"},
    }
    return {"type": "modal", "title": plain("Reason"), "submit": plain("Send"), "blocks": [label], **more}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"title": plain("x" * 25)}, "/view/title"),
        ({"submit": plain("x" * 25)}, "/view/submit"),
        ({"close": mrkdwn("x")}, "/view/close"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"blocks": [section()] * 101}, "no more than 100"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "not shown in a modal"),
        ({"blocks": []}, "at least one"),
    ],
)
def test_a_modal_has_limits_of_its_own(more: Json, told: str) -> None:
    assert view_violations(modal()) == []
    assert violations([section()] * 100, surface="modal") == []

    assert any(told in each for each in view_violations(modal(**more)))


def test_a_modal_with_an_input_needs_a_submit() -> None:
    view = modal()
    del view["submit"]

    assert view_violations(view) == ["a view with an input must have a submit [json-pointer:/view/submit]"]


def test_a_text_is_cut_past_forty_thousand_characters() -> None:
    assert text_violations("x" * 40_000) == []
    assert len(text_violations("x" * 40_001)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<!everyone>",
        "<!channel>",
        "<!here|here>",
        "<!subteam^S1>",
        "<@U1>",
        "<@W1|ada>",
        "<#C1|general>",
        "<https://x.test|click>",
        "<http://x.test>",
        "<mailto:a@x.test|a>",
    ],
)
def test_what_mrkdwn_would_turn_into_a_ping_is_found(text: str) -> None:
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")

    assert pings(f"a {text} b") == [text]
    assert pings(f"a {escaped} b") == []
    assert pings("1 < 2 and 3 > 2, <b>bold</b>, @here, #general, https://x.test") == []


def test_every_limit_names_its_page() -> None:
    assert all(number > 0 and page.startswith("reference/") for number, page in LIMITS.values())
