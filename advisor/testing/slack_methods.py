"""Slack's Web API methods over a world: who may call each, and all that are not chat.*.

`METHODS` is the table the server looks into; a method that is not in it is unknown_method. `restyle` applies
what an app posts to a response_url.
"""

from collections.abc import Callable
from typing import Any

from advisor.testing import slack_chat
from advisor.testing.block_kit import view_violations, violations
from advisor.testing.slack_chat import Asked
from advisor.testing.slack_world import (
    Args,
    Channel,
    Hook,
    Json,
    OpenView,
    SlackError,
    SlackMessage,
    Upload,
    dm,
)

RESPONSE_URL_USES = 5
MOST_PROMPTS = 4
MOST_LOADING_MESSAGES = 10
PAGE = 1000


def auth_test(asked: Asked) -> Json:
    space = asked.workspace
    return {
        "url": f"https://{space.domain}.slack.com/",
        "team": space.domain,
        "user": "advisor",
        "team_id": space.team,
        "user_id": space.bot_user,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def team_info(asked: Asked) -> Json:
    space = asked.workspace
    return {"team": {"id": space.team, "name": space.domain, "domain": space.domain}}


def users_info(asked: Asked) -> Json:
    asked.args.need("user")
    space, id = asked.workspace, asked.args["user"]
    name = "Advisor" if id == space.bot_user else space.users.get(id)
    if name is None:
        raise SlackError("user_not_found")
    user = {
        "id": id,
        "team_id": space.team,
        "name": name.lower(),
        "real_name": name,
        "deleted": False,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {"real_name": name, "display_name": name, "team": space.team},
        "is_bot": id == space.bot_user,
    }
    return {"user": user | ({"locale": "en-US"} if asked.args.flag("include_locale") else {})}


def conversations_open(asked: Asked) -> Json:
    users = str(asked.args.get("users") or "").split(",")
    asked.args.need("users")
    if len(users) != 1 or users[0] not in asked.workspace.users:
        raise SlackError("user_not_found" if len(users) == 1 else "method_not_supported_for_channel_type")
    return {"channel": {"id": dm(users[0])}}


def conversations_info(asked: Asked) -> Json:
    asked.args.need("channel")
    channel = asked.world.channel(asked.workspace, asked.args["channel"])
    kinds = {f"is_{kind}": channel.kind == kind for kind in ("channel", "group", "im", "mpim")}
    return {"channel": {"id": channel.id, "name": channel.name, "is_member": channel.bot} | kinds}


def conversations_replies(asked: Asked) -> Json:
    """A thread in pages, oldest first, its first message on each; metadata only when it is asked for."""
    asked.args.need("channel", "ts")
    channel = _readable(asked)
    found = asked.world.find(asked.workspace.team, channel.id, asked.args["ts"])
    root = found.root if found else str(asked.args["ts"])
    thread = asked.world.in_thread(asked.workspace.team, channel.id, root)
    if not thread:
        raise SlackError("thread_not_found")
    return _page(asked, thread[:1] + _between(asked, thread[1:]))


def conversations_history(asked: Asked) -> Json:
    """What stands at the top of a conversation, newest first, in pages."""
    asked.args.need("channel")
    channel = _readable(asked)
    found = [
        message
        for message in asked.world.posted
        if (message.team, message.channel) == (asked.workspace.team, channel.id)
        and message.ephemeral_to is None
        and not message.deleted
        and (message.thread_ts in (None, message.ts) or message.broadcast)
    ]
    return _page(asked, _between(asked, found)[::-1])


def _readable(asked: Asked) -> Channel:
    """The conversation that is asked for. Raises SlackError where the bot may not read it."""
    channel = asked.world.channel(asked.workspace, asked.args["channel"])
    _scope(asked, {"channel": "channels", "group": "groups"}.get(channel.kind, channel.kind) + ":history")
    if not channel.bot:
        raise SlackError("not_in_channel")
    return channel


def _between(asked: Asked, messages: list[SlackMessage]) -> list[SlackMessage]:
    oldest = str(asked.args.get("oldest") or "0")
    latest = str(asked.args.get("latest") or "9999999999.999999")
    return [message for message in messages if oldest < message.ts < latest]


def _page(asked: Asked, listed: list[SlackMessage]) -> Json:
    begin = int(str(asked.args.get("cursor") or "next:0").removeprefix("next:"))
    end = begin + min(int(asked.args.get("limit") or PAGE), PAGE)
    shown: list[Json] = []
    for message in listed[begin:end]:
        content = asked.sender.content(message)
        if asked.args.flag("include_all_metadata") and message.metadata:
            content["metadata"] = message.metadata
        replies = asked.world.in_thread(message.team, message.channel, message.root)[1:]
        if message.ts == message.root and (replies or asked.method == "conversations.replies"):
            content |= {"thread_ts": message.ts, "reply_count": len(replies)}
        shown.append(content)
    more = end < len(listed)
    return {
        "messages": shown,
        "has_more": more,
        "response_metadata": {"next_cursor": f"next:{end}" if more else ""},
    }


def reactions_add(asked: Asked) -> Json:
    asked.args.need("channel", "timestamp", "name")
    channel = asked.world.channel(asked.workspace, asked.args["channel"])
    message = asked.world.find(asked.workspace.team, channel.id, asked.args["timestamp"])
    if message is None:
        raise SlackError("message_not_found")
    with asked.world.change():
        if asked.args["name"] in message.reactions:
            raise SlackError("already_reacted")
        message.reactions.append(asked.args["name"])
    return {}


def _assistant_thread(asked: Asked) -> tuple[str, str, str]:
    channel = asked.world.writable(asked.workspace, asked.args["channel_id"])
    thread = str(asked.args.get("thread_ts") or "")
    if thread and not asked.world.in_thread(asked.workspace.team, channel.id, thread):
        raise SlackError("invalid_thread_ts")
    return asked.workspace.team, channel.id, thread


def set_status(asked: Asked) -> Json:
    """An empty status takes it away; so does the bot's next message in the thread."""
    asked.args.need("channel_id", "thread_ts")
    if asked.args.get("status") is None:
        asked.args.need("status")
    if len(asked.args.structure("loading_messages") or []) > MOST_LOADING_MESSAGES:
        raise SlackError(
            "invalid_arguments", ["[ERROR] no more than 10 items [json-pointer:/loading_messages]"]
        )
    key = _assistant_thread(asked)
    with asked.world.change():
        if asked.args["status"]:
            asked.world.statuses[key] = asked.args["status"]
        else:
            asked.world.statuses.pop(key, None)
    return {}


def set_title(asked: Asked) -> Json:
    asked.args.need("channel_id", "thread_ts", "title")
    with asked.world.change():
        asked.world.titles[_assistant_thread(asked)] = asked.args["title"]
    return {}


def set_suggested_prompts(asked: Asked) -> Json:
    """Up to four. With agent_view, a thread_ts makes the call fail without a word, as documented."""
    asked.args.need("channel_id", "prompts")
    prompts = asked.args.structure("prompts")
    team, channel, thread = _assistant_thread(asked)
    if not isinstance(prompts, list) or not 0 < len(prompts) <= MOST_PROMPTS:
        asked.check([f"1 to {MOST_PROMPTS} prompts [json-pointer:/prompts]"], "invalid_arguments")
    if any(not isinstance(p, dict) or not p.get("title") or not p.get("message") for p in prompts):
        asked.check(["a prompt has a title and a message [json-pointer:/prompts]"], "invalid_arguments")
    if thread and asked.workspace.agent_view:
        asked.world.broken(["thread_ts makes this call do nothing for an agent"], asked.method)
        return {}
    with asked.world.change():
        shown = {"thread_ts": thread or None, "title": asked.args.get("title"), "prompts": prompts}
        asked.world.suggested[team, channel] = shown
    return {}


def get_upload_url(asked: Asked) -> Json:
    asked.args.need("filename")
    if not str(asked.args.get("length", "")).isdigit() or not int(asked.args["length"]):
        raise SlackError("missing_argument", ["[ERROR] missing required field: length"])
    upload = Upload(
        asked.world.next_id("F"), asked.workspace.team, asked.args["filename"], int(asked.args["length"])
    )
    with asked.world.change():
        asked.world.uploads[upload.id] = upload
    return {"file_id": upload.id, "upload_url": f"{asked.sender.url}/upload/v1/{upload.id}"}


def complete_upload(asked: Asked) -> Json:
    """Shares the files in one message; blocks count only without an initial_comment."""
    world, args = asked.world, asked.args
    args.need("files")
    files = args.structure("files")
    named = [each.get("id") for each in files] if isinstance(files, list) else []
    uploads = [world.uploads.get(str(id)) for id in named]
    if not uploads or any(u is None or u.data is None or u.team != asked.workspace.team for u in uploads):
        raise SlackError("file_not_found")
    channel = world.writable(asked.workspace, args["channel_id"]) if args.get("channel_id") else None
    thread = asked.thread(channel) if channel else None
    blocks = [] if args.get("initial_comment") else asked.blocks() or []
    with world.change():
        for upload, each in zip(uploads, files, strict=True):
            if upload is not None:
                upload.title = each.get("title") or upload.name
                upload.shared = (channel.id, thread) if channel else None
        if channel:
            text = args.get("initial_comment") or ""
            world.add(
                asked.message(channel, text, blocks=blocks, thread_ts=thread, files=[str(i) for i in named])
            )
    return {"files": [asked.sender.file(str(id)) for id in named]}


def views_open(asked: Asked) -> Json:
    world, trigger = asked.world, asked.args.get("trigger_id")
    view = asked.args.structure("view")
    if not trigger or trigger not in world.triggers:
        raise SlackError("invalid_trigger_id")
    if trigger in world.spent:
        raise SlackError("exchanged_trigger_id")
    asked.check(view_violations(view), "invalid_arguments")
    team, user = world.triggers[trigger]
    if team != asked.workspace.team:
        raise SlackError("invalid_trigger_id")
    view["blocks"] = world.with_ids(view["blocks"])
    opened = OpenView(world.next_id("V"), team, user, view, world.next_id("hash"))
    with world.change():
        world.spent.add(trigger)
        world.views[opened.id] = opened
    return {"view": asked.sender.view(opened)}


def views_update(asked: Asked) -> Json:
    world, args = asked.world, asked.args
    named = args.get("external_id")
    opened = world.views.get(str(args.get("view_id"))) or next(
        (each for each in world.views.values() if named and each.view.get("external_id") == named), None
    )
    if opened is None or opened.team != asked.workspace.team or not opened.open:
        raise SlackError("not_found")
    if args.get("hash") and args["hash"] != opened.hash:
        raise SlackError("hash_conflict")
    view = args.structure("view")
    asked.check(view_violations(view), "invalid_arguments")
    view["blocks"] = world.with_ids(view["blocks"])
    with world.change():
        opened.view, opened.hash = view, world.next_id("hash")
    return {"view": asked.sender.view(opened)}


def _scope(asked: Asked, scope: str) -> None:
    """Raises SlackError missing_scope, telling both sides, as Slack does."""
    held = asked.workspace.scopes
    if scope not in held:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(held)))


Method = Callable[[Asked], Json]
METHODS: dict[str, tuple[str | None, Method]] = {
    "auth.test": (None, auth_test),
    "team.info": ("team:read", team_info),
    "users.info": ("users:read", users_info),
    "conversations.open": ("im:write", conversations_open),
    "conversations.info": ("channels:read", conversations_info),
    "conversations.replies": (None, conversations_replies),
    "conversations.history": (None, conversations_history),
    "chat.postMessage": ("chat:write", slack_chat.post_message),
    "chat.postEphemeral": ("chat:write", slack_chat.post_ephemeral),
    "chat.update": ("chat:write", slack_chat.update),
    "chat.delete": ("chat:write", slack_chat.delete),
    "chat.startStream": ("chat:write", slack_chat.start_stream),
    "chat.appendStream": ("chat:write", slack_chat.append_stream),
    "chat.stopStream": ("chat:write", slack_chat.stop_stream),
    "assistant.threads.setStatus": ("chat:write", set_status),
    "assistant.threads.setTitle": ("assistant:write", set_title),
    "assistant.threads.setSuggestedPrompts": ("assistant:write", set_suggested_prompts),
    "files.getUploadURLExternal": ("files:write", get_upload_url),
    "files.completeUploadExternal": ("files:write", complete_upload),
    "views.open": (None, views_open),
    "views.update": (None, views_update),
    "reactions.add": ("reactions:write", reactions_add),
}
"""Each method with the scope that it needs."""


def run(asked: Asked) -> Json:
    """Answers a request. Raises SlackError."""
    scope, method = METHODS[asked.method]
    if scope:
        _scope(asked, scope)
    with asked.world.changed:
        return method(asked)


def restyle(asked: Asked, hook: Hook) -> None:
    """Applies what came to a response_url: a message to one person or all, or a change of the one acted on.

    Raises SlackError used_url, no_text or invalid_blocks.
    """
    world, args = asked.world, asked.args
    if hook.used >= RESPONSE_URL_USES:
        raise SlackError("used_url")
    hook.used += 1
    message = world.find(hook.team, hook.channel, hook.message_ts) if hook.message_ts else None
    if args.flag("delete_original"):
        if message:
            with world.change():
                message.deleted = True
        return
    blocks = args.structure("blocks") or []
    if blocks:
        asked.check(violations(blocks), "invalid_blocks")
    if not args.get("text") and not blocks:
        raise SlackError("no_text")
    # An interaction's answer takes the message's place unless it says otherwise or says where it goes.
    instead = args.flag("replace_original") or not {"replace_original", "response_type"} & set(args)
    if message and instead:
        with world.change():
            message.earlier.append(message.text)
            message.text, message.blocks = args.get("text") or "", world.with_ids(blocks)
            message.edited = True
        return
    respond(asked, hook, args, blocks)


def respond(asked: Asked, hook: Hook, answer: Args | Json, blocks: list[Any]) -> SlackMessage:
    """A new message in answer to a command or an interaction: to the one who acted, or in_channel."""
    channel: Channel = asked.world.channel(asked.workspace, hook.channel)
    seen = None if answer.get("response_type") == "in_channel" else hook.user
    thread = answer.get("thread_ts") or (hook.thread_ts if seen else None)
    text = str(answer.get("text") or "")
    return asked.world.add(asked.message(channel, text, blocks=blocks, thread_ts=thread, ephemeral_to=seen))
