"""Slack's documented limits and the shapes of its blocks, as data.

Knows no check: `block_kit` reads these tables.
"""

LIMITS: dict[str, tuple[int, str]] = {
    "message.blocks": (50, "reference/block-kit/blocks"),
    "view.blocks": (100, "reference/block-kit/blocks"),
    "message.text": (40_000, "reference/methods/chat.postMessage: message_truncated"),
    "message.text.recommended": (4_000, "reference/methods/chat.postMessage: truncating content"),
    "update.text": (4_000, "reference/methods/chat.update: msg_too_long"),
    "markdown_text": (12_000, "reference/methods/chat.postMessage: markdown_text"),
    "markdown.text": (12_000, "reference/block-kit/blocks/markdown-block: all of one payload together"),
    "block_id": (255, "reference/block-kit/blocks"),
    "action_id": (255, "reference/block-kit/block-elements"),
    "section.text": (3_000, "reference/block-kit/blocks/section-block"),
    "section.fields": (10, "reference/block-kit/blocks/section-block"),
    "section.field": (2_000, "reference/block-kit/blocks/section-block"),
    "header.text": (150, "reference/block-kit/blocks/header-block"),
    "context.elements": (10, "reference/block-kit/blocks/context-block"),
    "text": (3_000, "reference/block-kit/composition-objects/text-object"),
    "actions.elements": (25, "reference/block-kit/blocks/actions-block"),
    "context_actions.elements": (5, "reference/block-kit/blocks/context-actions-block"),
    "image.alt_text": (2_000, "reference/block-kit/blocks/image-block"),
    "image.title": (2_000, "reference/block-kit/blocks/image-block"),
    "image.url": (3_000, "reference/block-kit/blocks/image-block"),
    "input.label": (2_000, "reference/block-kit/blocks/input-block"),
    "input.hint": (2_000, "reference/block-kit/blocks/input-block"),
    "alert.text": (200, "reference/block-kit/blocks/alert-block"),
    "table.rows": (100, "reference/block-kit/blocks/table-block"),
    "table.cells": (20, "reference/block-kit/blocks/table-block"),
    "table.text": (10_000, "reference/block-kit/blocks/table-block"),
    "table.count": (1, "reference/block-kit/blocks/table-block"),
    "button.text": (75, "reference/block-kit/block-elements/button-element"),
    "button.value": (2_000, "reference/block-kit/block-elements/button-element"),
    "button.url": (3_000, "reference/block-kit/block-elements/button-element"),
    "button.accessibility_label": (75, "reference/block-kit/block-elements/button-element"),
    "feedback.text": (75, "reference/block-kit/block-elements/feedback-buttons-element"),
    "feedback.value": (2_000, "reference/block-kit/block-elements/feedback-buttons-element"),
    "placeholder": (150, "reference/block-kit/block-elements/select-menu-element"),
    "select.options": (100, "reference/block-kit/block-elements/select-menu-element"),
    "overflow.options": (5, "reference/block-kit/block-elements/overflow-menu-element"),
    "choice.options": (10, "reference/block-kit/block-elements/checkboxes-element"),
    "input.length": (3_000, "reference/block-kit/block-elements/plain-text-input-element"),
    "option.text": (75, "reference/block-kit/composition-objects/option-object"),
    "option.value": (150, "reference/block-kit/composition-objects/option-object"),
    "option.description": (75, "reference/block-kit/composition-objects/option-object"),
    "option_group.label": (75, "reference/block-kit/composition-objects/option-group-object"),
    "confirm.title": (100, "reference/block-kit/composition-objects/confirmation-dialog-object"),
    "confirm.text": (300, "reference/block-kit/composition-objects/confirmation-dialog-object"),
    "confirm.button": (30, "reference/block-kit/composition-objects/confirmation-dialog-object"),
    "view.title": (24, "reference/views/modal-views"),
    "view.private_metadata": (3_000, "reference/views/modal-views"),
    "view.callback_id": (255, "reference/views/modal-views"),
}
"""Each limit with the page under https://docs.slack.dev/ that states it."""

BLOCKS: dict[str, tuple[str, str, str]] = {
    "section": ("", "text fields accessory expand", "message modal home"),
    "header": ("text", "", "message modal home"),
    "divider": ("", "", "message modal home"),
    "context": ("elements", "", "message modal home"),
    "actions": ("elements", "", "message modal home"),
    "context_actions": ("elements", "", "message"),
    "image": ("alt_text", "image_url slack_file title", "message modal home"),
    "input": ("label element", "hint optional dispatch_action", "message modal home"),
    "markdown": ("text", "", "message"),
    "rich_text": ("elements", "", "message modal home"),
    "table": ("rows", "column_settings", "message"),
    "task_card": ("task_id title status", "details output sources", "message"),
    "plan": ("title", "tasks", "message"),
    "alert": ("text", "level", "message modal"),
}
"""Type: properties it must have, may have, and the surfaces that show it."""

_OPTIONS = "options option_groups initial_option placeholder confirm focus_on_load"
ELEMENTS: dict[str, tuple[str, str]] = {
    "button": ("text", "value url style confirm accessibility_label"),
    "static_select": ("", _OPTIONS),
    "multi_static_select": (
        "",
        _OPTIONS.replace("_option ", "_options ") + " max_selected_items",
    ),
    "overflow": ("options", "confirm"),
    "radio_buttons": ("options", "initial_option confirm focus_on_load"),
    "checkboxes": ("options", "initial_options confirm focus_on_load"),
    "users_select": ("", "placeholder initial_user confirm focus_on_load"),
    "datepicker": ("", "placeholder initial_date confirm focus_on_load"),
    "feedback_buttons": ("positive_button negative_button", ""),
    "icon_button": ("icon text", "value confirm accessibility_label visible_to_user_ids"),
    "plain_text_input": (
        "",
        "initial_value multiline min_length max_length dispatch_action_config focus_on_load placeholder",
    ),
    "image": ("alt_text", "image_url slack_file"),
}
"""Type: properties it must have and may have, besides type and action_id."""

_CHOICES = "static_select radio_buttons checkboxes users_select datepicker"
PLACES: dict[str, set[str]] = {
    "accessory": {*f"button overflow image multi_static_select {_CHOICES}".split()},
    "actions": {*f"button overflow {_CHOICES}".split()},
    "context_actions": {"feedback_buttons", "icon_button"},
    "input": {*f"plain_text_input multi_static_select {_CHOICES}".split()},
}
"""Which elements stand where."""

RICH_INLINE: dict[str, str] = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "date": "timestamp format",
    "color": "value",
    "team": "team_id",
}
"""Type of an inline element of rich text: what it must have."""


def limit(name: str) -> int:
    """The number of a limit. Raises KeyError for an unknown name."""
    return LIMITS[name][0]
