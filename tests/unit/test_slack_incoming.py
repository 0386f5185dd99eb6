"""Payloads as Slack documents them, read into what is to be answered."""

from typing import Any

import pytest

from advisor.interfaces.slack.incoming import Incoming, conversation, of_event, of_shortcut, people, readable
from advisor.interfaces.slack.manifest import manifest
from advisor.interfaces.slack.what_if import changes, picked, view
from advisor.interfaces.slack.wording import wording
from advisor.testing.block_kit import violations

BOT = "UBOT"


def event(**fields: Any) -> dict[str, Any]:
    """A message event in its wrapper."""
    inner = {"type": "message", "channel": "C1", "user": "U1", "text": "hello", "ts": "2.000100", **fields}
    return {"team_id": "T1", "event": inner}


def read(**fields: Any) -> Incoming:
    came = of_event(event(**fields), "T1", BOT)
    assert came is not None
    return came


def test_a_mention_begins_a_thread_at_itself() -> None:
    came = read(type="app_mention", text="<@UBOT> whom?")
    assert (came.thread, came.reply_to, came.addressed) == ("slack:T1:C1:2.000100", "2.000100", True)


def test_both_events_of_a_mention_are_one_message() -> None:
    assert read(type="app_mention", text="<@UBOT> a").key == read(text="<@UBOT> a").key


def test_a_reply_belongs_to_its_thread_and_need_not_be_for_us() -> None:
    came = read(thread_ts="1.000100")
    assert (came.thread, came.reply_to, came.addressed) == ("slack:T1:C1:1.000100", "1.000100", False)


def test_a_direct_message_is_one_conversation_wherever_it_is_said() -> None:
    top, nested = read(channel="D1"), read(channel="D1", thread_ts="1.000100")
    assert top.thread == nested.thread == "slack:T1:D1"
    assert (top.reply_to, nested.reply_to) == (None, "1.000100")
    assert top.addressed


def test_workspaces_and_channels_are_kept_apart() -> None:
    names = {conversation(team, channel, "1.0") for team in ("T1", "T2") for channel in ("C1", "C2", "D1")}
    assert len(names) == 6


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"user": BOT},
        {"subtype": "bot_message", "bot_id": "B1", "user": None},
        {"subtype": "channel_join"},
        {"subtype": "message_replied"},
        {"subtype": "channel_topic"},
        {"type": "reaction_added"},
        {"user": None},
    ],
)
def test_bots_joins_and_our_own_words_are_not_read(fields: dict[str, Any]) -> None:
    assert of_event(event(**fields), "T1", BOT) is None


def edited(text: str, before: str, **fields: Any) -> dict[str, Any]:
    message = {
        "type": "message",
        "user": "U1",
        "text": text,
        "ts": "2.000100",
        "edited": {"ts": "3.0"},
        **fields,
    }
    return event(
        subtype="message_changed",
        message=message,
        previous_message={**message, "text": before},
        ts="3.000100",
    )


def test_an_edit_names_the_message_it_changes() -> None:
    came = of_event(edited("ten weeks", "two weeks", thread_ts="1.0"), "T1", BOT)
    assert came is not None
    assert (came.kind, came.original, came.text, came.ts) == (
        "edit",
        "m:T1:C1:2.000100",
        "ten weeks",
        "3.000100",
    )
    assert came.thread == "slack:T1:C1:1.0"


def test_a_drawn_link_or_a_bot_s_edit_is_no_edit() -> None:
    assert of_event(edited("same", "same"), "T1", BOT) is None
    assert of_event(edited("new", "old", bot_id="B1"), "T1", BOT) is None
    assert of_event(edited("new", "old", user=BOT), "T1", BOT) is None


def test_a_removal_names_the_message_that_is_gone() -> None:
    gone = {"type": "message", "user": "U1", "text": "x", "ts": "2.000100", "thread_ts": "1.0"}
    body = event(subtype="message_deleted", deleted_ts="2.000100", previous_message=gone, ts="3.0")
    came = of_event(body, "T1", BOT)
    assert came is not None
    assert (came.kind, came.original, came.thread) == ("removal", "m:T1:C1:2.000100", "slack:T1:C1:1.0")
    ours = event(
        subtype="message_deleted", deleted_ts="2.0", previous_message={**gone, "user": BOT}, ts="3.0"
    )
    assert of_event(ours, "T1", BOT) is None


def test_a_message_is_read_as_its_sender_saw_it() -> None:
    text = "<@UBOT> ask <@U2> in <#C2|hiring> &lt;now&gt; <https://a.example/x|the page> <!here> &amp;lt;"
    assert people(text) == ("UBOT", "U2")
    assert readable(text, BOT, {"U2": "Ben"}) == "ask @Ben in #hiring <now> the page @here &lt;"


def test_the_form_asks_what_the_wording_offers_and_gives_back_what_was_picked() -> None:
    form = view({"channel": "C1", "root": "1.0"})
    assert violations(form["blocks"], "modal") == []
    first = wording().suppositions[0]
    state = {first.fact: {"value": {"selected_option": {"value": "1"}}}}
    kept = {wording().suppositions[1].fact: {"value": {"selected_option": {"value": "as_it_is"}}}}
    found = picked({**state, **kept})
    labels, values = changes(found)
    assert values == {first.fact: first.choices[1].value}
    assert labels == [first.phrase.format(choice=first.choices[1].label)]
    assert changes({first.fact: "99", "no_fact": "0"}) == ([], {})


@pytest.mark.parametrize("url", [None, "https://advisor.example.com"])
def test_the_manifest_keeps_slack_s_bounds(url: str | None) -> None:
    made = manifest(url)
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert all(len(one["name"]) <= 24 for one in features["shortcuts"])
    assert made["settings"]["socket_mode_enabled"] is (url is None)
    asked = [
        made["settings"]["event_subscriptions"].get("request_url"),
        made["settings"]["interactivity"].get("request_url"),
        features["slash_commands"][0].get("url"),
    ]
    assert asked == [None if url is None else f"{url}/slack/events"] * 3


def test_a_deleted_root_leaves_a_tombstone_and_is_gone_all_the_same() -> None:
    left = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": "2.000100"}
    before = {"type": "message", "user": "U1", "text": "x", "ts": "2.000100", "thread_ts": "2.000100"}
    body = event(subtype="message_changed", message=left, previous_message=before, ts="3.0")
    came = of_event(body, "T1", BOT)
    assert came is not None
    assert (came.kind, came.original, came.thread) == ("removal", "m:T1:C1:2.000100", "slack:T1:C1:2.000100")


def test_the_bot_whose_event_it_is_decides_the_workspace_in_a_shared_channel() -> None:
    body = event(type="app_mention", text="<@UBOT> x", user_team="T9") | {"team_id": "T9"}
    came = of_event(body, "T1", BOT)
    assert came is not None
    assert (came.team, came.user_team, came.thread) == ("T1", "T9", "slack:T1:C1:2.000100")


def test_what_a_bot_wrote_is_asked_about_by_who_asks_and_our_own_words_are_not() -> None:
    asked = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "action_ts": "9.0"}
    by_bot = of_shortcut(
        {**asked, "message": {"ts": "2.0", "user": "UX", "bot_id": "B9", "text": "hi"}}, "T1", BOT
    )
    by_ben = of_shortcut({**asked, "message": {"ts": "2.0", "user": "U2", "text": "hi"}}, "T1", BOT)
    ours = of_shortcut(
        {**asked, "message": {"ts": "2.0", "user": BOT, "bot_id": "B1", "text": "hi"}}, "T1", BOT
    )
    assert by_bot is not None
    assert by_ben is not None
    assert (by_bot.user, by_ben.user, by_ben.asker, by_ben.since, ours) == ("U1", "U2", "U1", "9.0", None)
