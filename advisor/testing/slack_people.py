"""What people do in Slack: write, edit, press, choose, run commands; each sends the app what Slack would.

`People` is the half of SlackServer that acts; the other half, in `slack_server`, answers and delivers.
"""

import copy
import dataclasses
import html
from dataclasses import dataclass, field
from typing import Any, Literal

from advisor.testing.slack_events import Sender
from advisor.testing.slack_world import Channel, OpenView, SlackMessage, Upload, World, dm

Json = dict[str, Any]
Delivery = Literal["event", "interactive", "command"]


@dataclass(frozen=True)
class Answer:
    """What an app answered. `status` is 0 when it did not; over a socket an acknowledgement is 200.

    `body` is JSON, text or None; `seconds` how long it took.
    """

    status: int
    body: Any
    seconds: float


@dataclass(frozen=True)
class Said:
    """A message of a person's, the events it made and what the app answered to each, [] when undelivered."""

    ts: str
    events: list[Json]
    answers: list[Answer] = field(default_factory=list[Answer])


@dataclass(frozen=True)
class Acted:
    """What a person did, as Slack tells it, and what the app answered; None when undelivered."""

    payload: Json
    answer: Answer | None = None


class People:
    """People at work. `user` is an id of the workspace's; `team` the first workspace unless it is named.

    With deliver=False nothing is sent: the payload comes back for `deliver`, twice, late or out of order.
    """

    world: World

    def deliver(self, payload: Json, kind: Delivery = "event") -> Answer:
        """Sends a payload to the app; see SlackServer."""
        raise NotImplementedError

    def sender(self, team: str | None = None) -> Sender:
        """Builds payloads for a workspace; see SlackServer."""
        raise NotImplementedError

    def say(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        team: str | None = None,
        mention: bool = False,
        deliver: bool = True,
        raw: bool = False,
        broadcast: bool = False,
        files: dict[str, bytes] | None = None,
        ts: str | None = None,
    ) -> Said:
        """Writes a message. `mention` puts the bot's name before it; in a channel that makes two events.

        The text is what is typed, so &, < and > arrive escaped; raw=True takes it as it stands, for <@U2>.
        `ts` is given where two workspaces are to have messages with the same one.
        """
        space, sender = self.world.workspace(team), self.sender(team)
        place = self.world.channel(space, channel)
        written = text if raw else html.escape(text, quote=False)
        if mention:
            written = f"<@{space.bot_user}> {written}"
        with self.world.change():
            stamp = self.world.next_ts() if ts is None else ts
            message = SlackMessage(stamp, channel, space.team, user, written, thread_ts=thread_ts)
            message.broadcast = broadcast
            for name, data in (files or {}).items():
                upload = Upload(self.world.next_id("F"), space.team, name, len(data), data, name)
                upload.shared = (channel, thread_ts)
                self.world.uploads[upload.id] = upload
                message.files.append(upload.id)
            self.world.add(message)
            subtype = "file_share" if files else "thread_broadcast" if broadcast else None
            events = [sender.message(message, place, subtype)]
            if self._mentions(written, place, space.bot_user):
                events.insert(0, sender.mention(message, place))
        return self._sent(message.ts, events if place.bot else [], deliver)

    def say_as_bot(
        self,
        channel: str,
        text: str,
        bot: str = "BOTHER",
        team: str | None = None,
        deliver: bool = True,
        **more: Any,
    ) -> Said:
        """Another app writes: a bot_message, with no user."""
        space, sender = self.world.workspace(team), self.sender(team)
        message = SlackMessage(self.world.next_ts(), channel, space.team, "U" + bot[1:], text, bot, **more)
        with self.world.change():
            self.world.add(message)
            event = sender.message(message, self.world.channel(space, channel), "bot_message")
        return self._sent(message.ts, [event], deliver)

    def edit(self, ts: str, text: str, team: str | None = None, deliver: bool = True) -> Said:
        """Changes a person's message: message_changed, and an app_mention when it now names the bot."""
        space, sender = self.world.workspace(team), self.sender(team)
        message = self._message(ts, space.team)
        place = self.world.channel(space, message.channel)
        with self.world.change():
            before, named = sender.content(message), self._mentions(message.text, place, space.bot_user)
            message.earlier.append(message.text)
            message.text, message.edited = text, True
            events = [sender.changed(message, before, place)]
            if self._mentions(text, place, space.bot_user) and not named:
                events.append(sender.mention(message, place))
        return self._sent(ts, events, deliver)

    def remove(self, ts: str, team: str | None = None, deliver: bool = True) -> Said:
        """Deletes a message: message_deleted, or a tombstone where it has replies."""
        space, sender = self.world.workspace(team), self.sender(team)
        message = self._message(ts, space.team)
        with self.world.change():
            channel = self.world.channel(space, message.channel)
            has_replies = any(
                (one.team, one.channel, one.thread_ts) == (space.team, message.channel, ts)
                for one in self.world.posted
                if one.ts != ts and not one.deleted
            )
            tell = sender.tombstoned if has_replies else sender.removed
            event = tell(message, channel)
            message.deleted = True
        return self._sent(ts, [event], deliver)

    def open_home(
        self, user: str, tab: str = "messages", team: str | None = None, deliver: bool = True
    ) -> Said:
        """Opens the app's home, or its conversation."""
        event = self.sender(team).home_opened(user, tab)
        return self._sent(event["event"]["event_ts"], [event], deliver)

    def press(
        self, message_ts: str, button: str, user: str, team: str | None = None, deliver: bool = True
    ) -> Acted:
        """Presses a button, or one of two feedback buttons, by its label, its value or its action_id.

        Raises LookupError, naming what there is, when the message has no such button.
        """
        message = self._message(message_ts, self.world.workspace(team).team)
        for block_id, element in _elements(message.blocks):
            faces = [element]
            if element["type"] == "feedback_buttons":
                faces = [element["positive_button"], element["negative_button"]]
            elif element["type"] not in ("button", "icon_button"):
                continue
            for face in faces:
                if button in (face["text"]["text"], face.get("value"), element.get("action_id")):
                    action = {
                        "type": element["type"],
                        "action_id": element.get("action_id", "auto"),
                        "block_id": block_id,
                        "text": face["text"],
                    }
                    if "value" in face:
                        action["value"] = face["value"]
                    return self._act(message, user, action, team, deliver)
        raise LookupError(f"no button {button!r}; there are {buttons(message)}")

    def choose(
        self,
        message_ts: str,
        option: str,
        user: str,
        action_id: str | None = None,
        team: str | None = None,
        deliver: bool = True,
    ) -> Acted:
        """Chooses from a select or radio buttons, by an option's label or value.

        Raises LookupError when there is no such option.
        """
        message = self._message(message_ts, self.world.workspace(team).team)
        for block_id, element in _elements(message.blocks):
            if action_id in (None, element.get("action_id")):
                for each in _options(element):
                    if option in (each["text"]["text"], each["value"]):
                        action = {
                            "type": element["type"],
                            "action_id": element.get("action_id", "auto"),
                            "block_id": block_id,
                            "selected_option": each,
                        }
                        return self._act(message, user, action, team, deliver)
        raise LookupError(f"no option {option!r} in the message {message_ts}")

    def command(
        self,
        name: str,
        text: str,
        user: str,
        channel: str = "",
        team: str | None = None,
        deliver: bool = True,
    ) -> Acted:
        """Runs a slash command, in the direct conversation unless a channel is named."""
        space = self.world.workspace(team)
        place = self.world.channel(space, channel or dm(user))
        return self._acted(self.sender(team).command(name, text, place, user), "command", deliver)

    def shortcut(
        self,
        callback_id: str,
        user: str,
        message_ts: str | None = None,
        team: str | None = None,
        deliver: bool = True,
    ) -> Acted:
        """Runs a shortcut: on a message (message_action) or from anywhere."""
        space, sender = self.world.workspace(team), self.sender(team)
        if message_ts is None:
            return self._acted(sender.shortcut(callback_id, user), "interactive", deliver)
        message = self._message(message_ts, space.team)
        place = self.world.channel(space, message.channel)
        return self._acted(sender.message_action(callback_id, message, place, user), "interactive", deliver)

    def submit_view(
        self, values: dict[str, str] | None = None, view_id: str | None = None, deliver: bool = True
    ) -> Acted:
        """Fills the modal opened last, or the one named, by action_id or label, and submits it.

        Raises LookupError when none is open, or for a field or option that the modal does not have.
        """
        opened = self._view(view_id)
        filled = _filled(opened.view, dict(values or {}))
        acted = self._acted(self.sender(opened.team).view_submission(opened, filled), "interactive", deliver)
        if acted.answer is not None and acted.answer.status == 200:
            self._reacted(opened, acted.answer.body or {})
        return acted

    def close_view(self, view_id: str | None = None, deliver: bool = True) -> Acted:
        """Closes a modal; the app hears of it when the view has notify_on_close."""
        opened = self._view(view_id)
        payload = self.sender(opened.team).view_closed(opened)
        with self.world.change():
            opened.open = False
        return self._acted(payload, "interactive", deliver and bool(opened.view.get("notify_on_close")))

    def _reacted(self, opened: OpenView, body: Json) -> None:
        """Does what the app answered to a submission."""
        action = body.get("response_action")
        with self.world.change():
            if action == "update":
                opened.view = copy.deepcopy(body["view"])
            elif action != "errors":
                opened.open = False

    def _mentions(self, text: str, place: Channel, bot: str) -> bool:
        """Whether Slack sends an app_mention: never in a direct conversation."""
        return f"<@{bot}>" in text and place.kind != "im"

    def _message(self, ts: str, team: str) -> SlackMessage:
        message = self.world.find(team, None, ts)
        if message is None:
            raise LookupError(f"no message {ts} in {team}")
        return message

    def _view(self, view_id: str | None) -> OpenView:
        seen = [each for each in self.world.views.values() if each.open and view_id in (None, each.id)]
        if not seen:
            raise LookupError("no such view is open")
        return seen[-1]

    def _act(self, message: SlackMessage, user: str, action: Json, team: str | None, deliver: bool) -> Acted:
        place = self.world.channel(self.world.workspace(team), message.channel)
        payload = self.sender(team).block_actions(message, place, user, action)
        return self._acted(payload, "interactive", deliver)

    def _acted(self, payload: Json, kind: Delivery, deliver: bool) -> Acted:
        return Acted(payload, self.deliver(payload, kind) if deliver else None)

    def _sent(self, ts: str, events: list[Json], deliver: bool) -> Said:
        return Said(ts, events, [self.deliver(event) for event in events] if deliver else [])


def buttons(message: SlackMessage) -> list[str]:
    """The labels of a message's buttons, in order."""
    found: list[str] = []
    for _, element in _elements(message.blocks):
        if element["type"] == "feedback_buttons":
            found += [element[name]["text"]["text"] for name in ("positive_button", "negative_button")]
        elif element["type"] in ("button", "icon_button"):
            found.append(element["text"]["text"])
    return found


def snapshot(message: SlackMessage) -> SlackMessage:
    """A copy that does not change any more."""
    return dataclasses.replace(message, **copy.deepcopy(vars(message)))


def _elements(blocks: list[Json]) -> list[tuple[str, Json]]:
    """The interactive elements of blocks, each with its block's id."""
    found: list[tuple[str, Json]] = []
    for block in blocks:
        inside = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
        inside = [*inside, *(block[name] for name in ("accessory", "element") if name in block)]
        found += [(block["block_id"], element) for element in inside]
    return found


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return element.get("options", []) + grouped


def _filled(view: Json, values: dict[str, str]) -> Json:
    """The state of a modal's fields."""
    state: Json = {}
    for block in view["blocks"]:
        element = block.get("element")
        if block["type"] != "input" or element is None:
            continue
        action_id = element.get("action_id", block["block_id"])
        value = values.pop(action_id, values.pop(block["label"]["text"], None))
        held: Json = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            held["value"] = value if value is not None else element.get("initial_value")
        else:
            chosen = [o for o in _options(element) if value in (o["value"], o["text"]["text"])]
            if value is not None and not chosen:
                raise LookupError(f"no option {value!r} in {action_id}")
            held["selected_option"] = chosen[0] if chosen else element.get("initial_option")
        state[block["block_id"]] = {action_id: held}
    if values:
        raise LookupError(f"the modal has no {sorted(values)}")
    return state
