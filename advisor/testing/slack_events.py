"""What Slack sends to an app: events, slash commands and interactions, in the shapes of its reference.

Each function returns a payload as JSON; nothing is sent here. Pages under https://docs.slack.dev/:
reference/events, reference/interaction-payloads and interactivity/implementing-slash-commands.
"""

import copy
from dataclasses import dataclass
from typing import Any

from advisor.testing.slack_world import Channel, Hook, OpenView, SlackMessage, Workspace, World

Json = dict[str, Any]

APP = "A0ADVISOR"
VERIFICATION = "verification-token"

CHANNEL_NAMES = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup"}
"""What Slack calls a conversation in interactions and commands when it isn't public."""


@dataclass(frozen=True)
class Sender:
    """Builds the payloads of one workspace. `url` is where response_urls live."""

    world: World
    workspace: Workspace
    url: str

    def event(self, event: Json) -> Json:
        """The wrapper of the Events API around an event."""
        space = self.workspace
        granted = {
            "enterprise_id": None,
            "team_id": space.team,
            "user_id": space.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": VERIFICATION,
            "team_id": space.team,
            "context_team_id": space.team,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self.world.next_id("Ev"),
            "event_time": int(float(event.get("event_ts", self.world.epoch))),
            "authorizations": [granted],
            "is_ext_shared_channel": False,
            "event_context": self.world.next_id("4-"),
        }

    def content(self, message: SlackMessage) -> Json:
        """A message as it stands inside events and answers."""
        shown: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": message.team}
        if message.bot:
            shown |= {"bot_id": message.bot, "app_id": APP, "user": message.user}
        else:
            shown |= {"user": message.user, "client_msg_id": f"client-{message.ts}"}
        if message.blocks:
            shown["blocks"] = copy.deepcopy(message.blocks)
        elif message.text and not message.bot:
            shown["blocks"] = [_rich_text(message)]
        if message.thread_ts:
            shown |= {"thread_ts": message.thread_ts, "parent_user_id": self._parent(message)}
        if message.edited:
            shown["edited"] = {"user": message.user, "ts": f"{message.ts.split('.')[0]}.000000"}
        if message.files:
            shown["files"] = [self.file(id) for id in message.files]
        return shown

    def file(self, id: str) -> Json:
        """A file as it stands inside messages."""
        upload = self.world.uploads[id]
        return {
            "id": id,
            "name": upload.name,
            "title": upload.title or upload.name,
            "size": upload.length,
            "mode": "hosted",
            "user_team": upload.team,
            "url_private": f"{self.url}/files/{id}",
            "url_private_download": f"{self.url}/files/{id}",
        }

    def message(self, message: SlackMessage, channel: Channel, subtype: str | None = None) -> Json:
        """A message event in a channel, a group, a direct or a group direct conversation."""
        event = self.content(message) | {
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": channel.kind,
        }
        if subtype:
            event["subtype"] = subtype
        if subtype == "bot_message":
            del event["user"]
        if subtype == "thread_broadcast":
            root = self.world.find(message.team, channel.id, message.thread_ts)
            event["root"] = self.content(root) if root else {"ts": message.thread_ts}
        if subtype == "file_share":
            event["upload"] = False
        return self.event(event)

    def mention(self, message: SlackMessage, channel: Channel) -> Json:
        """The app_mention that comes beside the message event."""
        event = self.content(message) | {
            "type": "app_mention",
            "channel": channel.id,
            "event_ts": message.ts,
        }
        event.pop("parent_user_id", None)
        return self.event(event)

    def changed(self, message: SlackMessage, before: Json, channel: Channel) -> Json:
        """message_changed, after an edit."""
        return self._hidden(
            "message_changed", channel, {"message": self.content(message), "previous_message": before}
        )

    def removed(self, message: SlackMessage, channel: Channel) -> Json:
        """message_deleted."""
        more = {"previous_message": self.content(message), "deleted_ts": message.ts}
        return self._hidden("message_deleted", channel, more)

    def tombstoned(self, message: SlackMessage, channel: Channel) -> Json:
        """What comes in place of message_deleted for a message that has replies: its place stays."""
        before = self.content(message)
        left = {
            "type": "message",
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "hidden": True,
        }
        left |= {"user": "USLACKBOT", "ts": message.ts, "thread_ts": message.ts}
        return self._hidden("message_changed", channel, {"message": left, "previous_message": before})

    def home_opened(self, user: str, tab: str) -> Json:
        """app_home_opened on the messages or the home tab."""
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": f"D{user[1:]}",
            "tab": tab,
            "event_ts": self.world.next_ts(),
        }
        return self.event(event)

    def command(self, name: str, text: str, channel: Channel, user: str) -> dict[str, str]:
        """The form of a slash command."""
        space = self.workspace
        return {
            "token": VERIFICATION,
            "team_id": space.team,
            "team_domain": space.domain,
            "channel_id": channel.id,
            "channel_name": CHANNEL_NAMES.get(channel.kind, channel.name),
            "user_id": user,
            "user_name": space.users[user].lower(),
            "command": name,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._response_url(Hook(space.team, channel.id, user)),
            "trigger_id": self.world.trigger(space.team, user),
        }

    def block_actions(self, message: SlackMessage, channel: Channel, user: str, action: Json) -> Json:
        """A click or choice in a message; one that only its reader sees is not part of the payload."""
        hidden = message.ephemeral_to is not None
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": hidden,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        values: Json = {}
        if "selected_option" in action:
            chosen = {"type": action["type"], "selected_option": action["selected_option"]}
            values = {action["block_id"]: {action["action_id"]: chosen}}
        hook = Hook(message.team, channel.id, user, message.ts, message.thread_ts)
        payload = self._interaction("block_actions", user) | {
            "container": container,
            "channel": self._channel(channel),
            "state": {"values": values},
            "response_url": self._response_url(hook),
            "actions": [action | {"action_ts": self.world.next_ts()}],
        }
        return payload if hidden else payload | {"message": self.content(message)}

    def message_action(self, callback_id: str, message: SlackMessage, channel: Channel, user: str) -> Json:
        """A shortcut in a message's menu."""
        hook = Hook(message.team, channel.id, user, message.ts, message.thread_ts)
        return self._interaction("message_action", user) | {
            "callback_id": callback_id,
            "action_ts": self.world.next_ts(),
            "channel": self._channel(channel),
            "message_ts": message.ts,
            "message": self.content(message),
            "response_url": self._response_url(hook),
        }

    def shortcut(self, callback_id: str, user: str) -> Json:
        """A shortcut from anywhere: no channel, no message, no response_url."""
        more = {"callback_id": callback_id, "action_ts": self.world.next_ts()}
        return self._interaction("shortcut", user) | more

    def view_submission(self, opened: OpenView, values: Json) -> Json:
        """What was typed into a modal."""
        return self._interaction("view_submission", opened.user) | {
            "view": self.view(opened) | {"state": {"values": values}},
            "response_urls": [],
        }

    def view_closed(self, opened: OpenView) -> Json:
        return self._interaction("view_closed", opened.user) | {
            "view": self.view(opened),
            "is_cleared": False,
        }

    def view(self, opened: OpenView) -> Json:
        """A modal with what Slack adds to it."""
        added = {
            "id": opened.id,
            "team_id": opened.team,
            "state": {"values": {}},
            "hash": opened.hash,
            "previous_view_id": None,
            "root_view_id": opened.id,
            "app_id": APP,
            "app_installed_team_id": opened.team,
            "bot_id": self.workspace.bot_id,
        }
        kept = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
        return kept | {"clear_on_close": False, "notify_on_close": False} | opened.view | added

    def _parent(self, message: SlackMessage) -> str | None:
        root = self.world.find(message.team, message.channel, message.thread_ts)
        return root.user if root else None

    def _hidden(self, subtype: str, channel: Channel, more: Json) -> Json:
        ts = self.world.next_ts()
        event = {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.kind,
        }
        return self.event(event | more)

    def _interaction(self, kind: str, user: str) -> Json:
        space = self.workspace
        name = space.users[user].lower()
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": space.team},
            "api_app_id": APP,
            "token": VERIFICATION,
            "trigger_id": self.world.trigger(space.team, user),
            "team": {"id": space.team, "domain": space.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: Channel) -> Json:
        return {"id": channel.id, "name": CHANNEL_NAMES.get(channel.kind, channel.name)}

    def _response_url(self, hook: Hook) -> str:
        return f"{self.url}/response/{self.world.hook(hook)}"


def _rich_text(message: SlackMessage) -> Json:
    """What Slack makes of typed text; close enough for apps, which should read `text`."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}
    return {"type": "rich_text", "block_id": f"b{message.ts}", "elements": [section]}
