"""Slack's documented limits on blocks, views and texts, and what in a payload breaks them.

    violations(blocks) == []                        # a message that Slack takes
    violations(blocks, surface="modal")             # the same for the blocks of a view
    pings("<!here> <@U1> &lt;@U2&gt;")              # ["<!here>", "<@U1>"]

The limits themselves are in `slack_limits`, with the page that states each. Knows no server and no network.
A block or a property that is not described there is a violation, since Slack refuses what it doesn't know.
Lengths are counted in characters.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from advisor.testing.slack_limits import BLOCKS, ELEMENTS, LIMITS, PLACES, RICH_INLINE, limit

__all__ = ["LIMITS", "pings", "text_violations", "view_violations", "violations"]

Surface = Literal["message", "modal", "home"]
Json = dict[str, Any]

PING = re.compile(
    r"<(?:!(?:everyone|channel|here|group)\b[^<>]*|!subteam\^[^<>]*|!date\^[^<>]*|@[UWB]\w+[^<>]*"
    r"|#[CGD]\w+[^<>]*|(?:https?://|mailto:|tel:|slack://)[^<>]*)>"
)


def pings(text: str) -> list[str]:
    """What mrkdwn would turn into a mention, a broadcast, a channel or a link; escaped text has none."""
    return PING.findall(text)


def violations(blocks: object, surface: Surface = "message") -> list[str]:
    """What Slack would refuse in the blocks of a message or view, each with a JSON pointer."""
    check = _Check(surface)
    check.blocks(blocks, "/blocks")
    return check.found


def view_violations(view: object) -> list[str]:
    """What Slack would refuse in a modal or home view."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["must be a modal or home view [json-pointer:/view/type]"]
    check = _Check(view["type"])
    if view["type"] == "modal":
        check.text(view.get("title"), "/view/title", "view.title", ("plain_text",))
        for name in ("submit", "close"):
            if name in view:
                check.text(view[name], f"/view/{name}", "view.title", ("plain_text",))
    for name in ("private_metadata", "callback_id"):
        check.string(view.get(name, " "), f"/view/{name}", f"view.{name}", empty=True)
    check.blocks(view.get("blocks"), "/view/blocks")
    known = [block for block in view.get("blocks") or [] if isinstance(block, dict)]
    if (
        any(block.get("type") == "input" for block in known)
        and view["type"] == "modal"
        and "submit" not in view
    ):
        check.say("a view with an input must have a submit", "/view/submit")
    return check.found


def text_violations(text: str) -> list[str]:
    """What Slack would cut from the top-level text of a message."""
    most = limit("message.text")
    return (
        [f"text of {len(text)} characters is cut at {most} [json-pointer:/text]"] if len(text) > most else []
    )


class _Check:
    """One pass over a payload; `found` grows."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.found: list[str] = []

    def say(self, what: str, path: str) -> None:
        self.found.append(f"{what} [json-pointer:{path}]")

    def string(self, value: object, path: str, name: str, empty: bool = False) -> None:
        if not isinstance(value, str):
            self.say("must be a string", path)
        elif not value and not empty:
            self.say("must be more than 0 characters", path)
        elif len(value) > limit(name):
            self.say(f"must be less than {limit(name) + 1} characters, is {len(value)}", path)

    def items(self, value: object, path: str, name: str) -> list[Any]:
        """A list of one item or more, and no more than the limit; [] when it is none."""
        if not isinstance(value, list) or not value:
            self.say("must be a list of at least one item", path)
            return []
        if len(value) > limit(name):
            self.say(f"no more than {limit(name)} items allowed, has {len(value)}", path)
        return value

    def properties(self, thing: Json, path: str, needed: str, allowed: str) -> None:
        for name in needed.split():
            if thing.get(name) is None:
                self.say(f"missing required field: {name}", path)
        for name in set(thing) - {"type", *needed.split(), *allowed.split()}:
            self.say(f"invalid additional property: {name}", path)

    def text(
        self, value: object, path: str, name: str, kinds: Sequence[str] = ("plain_text", "mrkdwn")
    ) -> None:
        """A text object."""
        if not isinstance(value, dict) or value.get("type") not in kinds:
            self.say(f"must be a text object of type {' or '.join(kinds)}", path)
            return
        self.properties(value, path, "", "text emoji" if value["type"] == "plain_text" else "text verbatim")
        self.string(value.get("text"), f"{path}/text", name)

    def unique(self, values: Sequence[object], path: str, what: str) -> None:
        for value in {value for value in values if values.count(value) > 1}:
            self.say(f"{what} {value!r} already exists", path)

    def blocks(self, blocks: object, path: str) -> None:
        name = "message.blocks" if self.surface == "message" else "view.blocks"
        listed = self.items(blocks, path, name)
        for at, block in enumerate(listed):
            self.block(block, f"{path}/{at}")
        known = [block for block in listed if isinstance(block, dict)]
        self.unique([block["block_id"] for block in known if block.get("block_id")], path, "block_id")
        written = sum(len(str(block.get("text"))) for block in known if block.get("type") == "markdown")
        if written > limit("markdown.text"):
            self.say(
                f"markdown blocks together: at most {limit('markdown.text')} characters, {written} are", path
            )
        if sum(block.get("type") == "table" for block in known) > limit("table.count"):
            self.say("only_one_table_allowed", path)

    def block(self, block: object, path: str) -> None:
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(block, dict) or kind not in BLOCKS:
            return self.say(f"unsupported type: {kind}", path)
        needed, allowed, surfaces = BLOCKS[kind]
        if self.surface not in surfaces.split():
            self.say(f"a block of type {kind} is not shown in a {self.surface}", path)
        self.properties(block, path, needed, f"{allowed} block_id")
        if "block_id" in block:
            self.string(block["block_id"], f"{path}/block_id", "block_id")
        rule: Callable[[Json, str], None] | None = getattr(self, f"_{kind}", None)
        return rule(block, path) if rule else None

    def _section(self, block: Json, path: str) -> None:
        if not block.get("text") and not block.get("fields"):
            self.say("must have text or fields", path)
        if "text" in block:
            self.text(block["text"], f"{path}/text", "section.text")
        if "fields" in block:
            for at, field in enumerate(self.items(block["fields"], f"{path}/fields", "section.fields")):
                self.text(field, f"{path}/fields/{at}", "section.field")
        if "accessory" in block:
            self.element(block["accessory"], f"{path}/accessory", "accessory")

    def _header(self, block: Json, path: str) -> None:
        self.text(block.get("text"), f"{path}/text", "header.text", ("plain_text",))

    def _alert(self, block: Json, path: str) -> None:
        self.text(block.get("text"), f"{path}/text", "alert.text")

    def _context(self, block: Json, path: str) -> None:
        for at, element in enumerate(
            self.items(block.get("elements"), f"{path}/elements", "context.elements")
        ):
            if isinstance(element, dict) and element.get("type") == "image":
                self._image(element, f"{path}/elements/{at}")
            else:
                self.text(element, f"{path}/elements/{at}", "text")

    def _actions(self, block: Json, path: str) -> None:
        kind = block["type"]
        listed = self.items(block.get("elements"), f"{path}/elements", f"{kind}.elements")
        for at, element in enumerate(listed):
            self.element(element, f"{path}/elements/{at}", kind)
        named = [e["action_id"] for e in listed if isinstance(e, dict) and e.get("action_id")]
        self.unique(named, f"{path}/elements", "action_id")

    _context_actions = _actions

    def _image(self, block: Json, path: str) -> None:
        if ("image_url" in block) == ("slack_file" in block):
            self.say("must have one of image_url and slack_file", path)
        self.string(block.get("alt_text"), f"{path}/alt_text", "image.alt_text")
        self.string(block.get("image_url", "x"), f"{path}/image_url", "image.url")
        if "title" in block:
            self.text(block["title"], f"{path}/title", "image.title", ("plain_text",))

    def _input(self, block: Json, path: str) -> None:
        self.text(block.get("label"), f"{path}/label", "input.label", ("plain_text",))
        if "hint" in block:
            self.text(block["hint"], f"{path}/hint", "input.hint", ("plain_text",))
        self.element(block.get("element"), f"{path}/element", "input")

    def _markdown(self, block: Json, path: str) -> None:
        self.string(block.get("text"), f"{path}/text", "markdown.text")

    def _task_card(self, block: Json, path: str) -> None:
        if block.get("status") not in ("pending", "in_progress", "complete", "error"):
            self.say("must be pending, in_progress, complete or error", f"{path}/status")
        for name in ("details", "output"):
            if name in block:
                self.block(block[name], f"{path}/{name}")

    def _plan(self, block: Json, path: str) -> None:
        for at, task in enumerate(block.get("tasks") or []):
            self.block(task, f"{path}/tasks/{at}")

    def _rich_text(self, block: Json, path: str) -> None:
        self.rich(block.get("elements"), f"{path}/elements", "section list preformatted quote")

    def rich(self, elements: object, path: str, kinds: str) -> None:
        """Rich text's outer elements: sections, lists of sections, quotes, preformatted text."""
        if not isinstance(elements, list):
            return self.say("must be a list", path)
        for at, element in enumerate(elements):
            here = f"{path}/{at}"
            kind = str(element.get("type") if isinstance(element, dict) else None).removeprefix("rich_text_")
            if kind not in kinds.split():
                self.say(f"unsupported type: rich_text_{kind}", here)
            elif kind == "list":
                if element.get("style") not in ("bullet", "ordered"):
                    self.say("must be bullet or ordered", f"{here}/style")
                self.rich(element.get("elements"), f"{here}/elements", "section")
            else:
                self.inline(element.get("elements"), f"{here}/elements", kind)
        return None

    def inline(self, elements: object, path: str, kind: str) -> None:
        if not isinstance(elements, list):
            return self.say("must be a list", path)
        for at, element in enumerate(elements):
            known = element.get("type") if isinstance(element, dict) else None
            if known not in (RICH_INLINE if kind != "preformatted" else ("text", "link")):
                self.say(f"unsupported type: {known}", f"{path}/{at}")
                continue
            for name in RICH_INLINE[str(known)].split():
                if element.get(name) in (None, ""):
                    self.say(f"missing required field: {name}", f"{path}/{at}")
        return None

    def _table(self, block: Json, path: str) -> None:
        written = 0
        for at, row in enumerate(self.items(block.get("rows"), f"{path}/rows", "table.rows")):
            for column, cell in enumerate(self.items(row, f"{path}/rows/{at}", "table.cells")):
                here = f"{path}/rows/{at}/{column}"
                kind = cell.get("type") if isinstance(cell, dict) else None
                if kind == "rich_text":
                    self.block(cell, here)
                elif kind not in ("raw_text", "raw_number"):
                    self.say(f"unsupported type: {kind}", here)
                elif kind == "raw_text":
                    self.string(cell.get("text"), f"{here}/text", "table.text")
                written += len("".join(_texts(cell)))
        if written > limit("table.text"):
            self.say(f"a table holds at most {limit('table.text')} characters, has {written}", path)
        if len(block.get("column_settings") or []) > limit("table.cells"):
            self.say(f"no more than {limit('table.cells')} items allowed", f"{path}/column_settings")

    def element(self, element: object, path: str, place: str) -> None:
        kind = element.get("type") if isinstance(element, dict) else None
        if not isinstance(element, dict) or kind not in PLACES[place]:
            return self.say(f"unsupported type in {place}: {kind}", path)
        needed, allowed = ELEMENTS[kind]
        self.properties(element, path, needed, f"{allowed} action_id")
        if "action_id" in element:
            self.string(element["action_id"], f"{path}/action_id", "action_id")
        if "placeholder" in element:
            self.text(element["placeholder"], f"{path}/placeholder", "placeholder", ("plain_text",))
        if "confirm" in element:
            self.confirm(element["confirm"], f"{path}/confirm")
        if kind in ("button", "icon_button"):
            self.button(element, path, "button")
        elif kind == "image":
            self._image(element, path)
        elif kind == "feedback_buttons":
            for name in ("positive_button", "negative_button"):
                button = element.get(name)
                if isinstance(button, dict):
                    self.properties(button, f"{path}/{name}", "text value", "accessibility_label")
                    self.button(button, f"{path}/{name}", "feedback")
        elif kind == "plain_text_input":
            for name in ("min_length", "max_length"):
                if not 0 <= element.get(name, 1) <= limit("input.length"):
                    self.say(f"must be at most {limit('input.length')}", f"{path}/{name}")
        elif "options" in element or "option_groups" in element or kind == "static_select":
            self.choice(element, path, kind)
        return None

    def button(self, button: Json, path: str, name: str) -> None:
        self.text(button.get("text"), f"{path}/text", f"{name}.text", ("plain_text",))
        self.string(button.get("value", " "), f"{path}/value", f"{name}.value", empty=True)
        self.string(button.get("url", "x"), f"{path}/url", "button.url")
        self.string(
            button.get("accessibility_label", "x"),
            f"{path}/accessibility_label",
            "button.accessibility_label",
        )
        if button.get("style", "primary") not in ("primary", "danger"):
            self.say("must be primary or danger", f"{path}/style")

    def choice(self, element: Json, path: str, kind: str) -> None:
        """Options in a row or in groups."""
        if ("options" in element) == ("option_groups" in element):
            self.say("must have one of options and option_groups", path)
            return
        most = {
            "overflow": "overflow.options",
            "radio_buttons": "choice.options",
            "checkboxes": "choice.options",
        }
        held: list[tuple[Any, str]] = [(element.get("options"), f"{path}/options")]
        if "option_groups" in element:
            groups = self.items(element["option_groups"], f"{path}/option_groups", "select.options")
            held = [
                (group.get("options"), f"{path}/option_groups/{at}/options")
                for at, group in enumerate(groups)
            ]
            for at, group in enumerate(groups):
                label = f"{path}/option_groups/{at}/label"
                self.text(group.get("label"), label, "option_group.label", ("plain_text",))
        options: list[Any] = []
        for value, here in held:
            listed = self.items(value, here, most.get(kind, "select.options"))
            for at, option in enumerate(listed):
                self.option(option, f"{here}/{at}", kind)
            options += listed
        self.unique([o.get("value") for o in options if isinstance(o, dict)], path, "option value")
        if element.get("initial_option") is not None and element["initial_option"] not in options:
            self.say("must be one of the options", f"{path}/initial_option")

    def option(self, option: object, path: str, kind: str) -> None:
        if not isinstance(option, dict):
            return self.say("must be an option", path)
        kinds = ("plain_text", "mrkdwn") if kind in ("radio_buttons", "checkboxes") else ("plain_text",)
        more = "description url" if kind == "overflow" else "description"
        self.properties(option, path, "text value", more)
        self.text(option.get("text"), f"{path}/text", "option.text", kinds)
        self.string(option.get("value"), f"{path}/value", "option.value")
        if "description" in option:
            self.text(option["description"], f"{path}/description", "option.description", kinds)
        return None

    def confirm(self, dialog: object, path: str) -> None:
        if not isinstance(dialog, dict):
            return self.say("must be a confirmation dialog", path)
        self.properties(dialog, path, "title text confirm deny", "style")
        self.text(dialog.get("title"), f"{path}/title", "confirm.title", ("plain_text",))
        self.text(dialog.get("text"), f"{path}/text", "confirm.text")
        for name in ("confirm", "deny"):
            self.text(dialog.get(name), f"{path}/{name}", "confirm.button", ("plain_text",))
        return None


def _texts(cell: object) -> list[str]:
    """Each text inside a cell."""
    if isinstance(cell, list):
        return [text for part in cell for text in _texts(part)]
    if not isinstance(cell, dict):
        return []
    own = [cell["text"]] if isinstance(cell.get("text"), str) else []
    return own + _texts(cell.get("elements"))
