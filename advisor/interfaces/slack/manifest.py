"""The app's manifest: what a workspace's admin pastes to create it."""

from importlib.resources import files
from typing import Any

import yaml

from advisor.interfaces.slack.wording import wording

COMMAND = "/advisor"
SHORTCUT = "ask_the_advisor"
PATH = "/slack/events"


def manifest(url: str | None) -> dict[str, Any]:
    """The manifest for Socket Mode; with the public address of a server, that for HTTP.

    `url` is an origin such as https://advisor.example.com.
    """
    words = wording()
    asked = yaml.safe_load(files("advisor.interfaces.slack").joinpath("manifest.yaml").read_text("utf-8"))
    address = None if url is None else url.rstrip("/") + PATH
    here = {} if address is None else {"url": address}
    request = {} if address is None else {"request_url": address}
    return {
        "display_information": {
            "name": words.name,
            "description": words.description,
            "long_description": words.long_description,
            "background_color": asked["color"],
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {
                "agent_description": words.description,
                "suggested_prompts": [one.model_dump() for one in words.prompts],
            },
            "bot_user": {"display_name": words.name, "always_online": True},
            "shortcuts": [
                {
                    "name": words.shortcut,
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": words.shortcut_description,
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": words.command_description,
                    "usage_hint": words.command_hint,
                    "should_escape": True,
                    **here,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": asked["scopes"]}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": asked["events"]},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }
