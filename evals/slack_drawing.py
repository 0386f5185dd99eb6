"""Pictures of Slack messages: a small HTML drawing of Block Kit, taken by Chromium without a network.

It is our own drawing, close to Slack's light theme; it knows the blocks that the bot uses, no others.
"""

import base64
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from advisor.interfaces.slack.wording import wording
from advisor.testing.chromium import ARGUMENTS
from evals.slack_consultation import Shown

Json = Mapping[str, Any]

WIDTH = 720
COLORS = 96
"""Colours of a picture: text and few tints need no more."""

STYLE = """
* { box-sizing: border-box; margin: 0 }
body { width: 720px; background: #fff; color: #1d1c1d;
  font: 15px/1.47 Lato, "Helvetica Neue", "Liberation Sans", Arial, sans-serif }
#shown { padding: 12px 20px 14px; background: #fff }
.message { display: flex; gap: 8px; padding: 5px 0 }
.face { width: 36px; height: 36px; border-radius: 8px; flex: none; overflow: hidden; display: block }
.person { color: #fff; font-weight: 700; font-size: 17px; text-align: center; line-height: 36px }
.told { flex: 1; min-width: 0 }
.name { font-weight: 900 }
.badge { font-size: 10px; font-weight: 700; color: #616061; background: #ebeaeb; border-radius: 2px;
  padding: 1px 3px; margin: 0 4px; vertical-align: 1px }
.time, .only { font-size: 12px; color: #616061 }
.only { padding: 0 0 2px 44px }
.whisper { background: #f8f8f8; border-radius: 4px; padding: 6px 8px 4px }
.block { margin: 4px 0 8px; overflow-wrap: break-word }
.block:last-child { margin-bottom: 2px }
.text { white-space: pre-wrap }
.text .quote { display: block; border-left: 4px solid #ddd; padding-left: 8px; white-space: pre-wrap }
code { font: 12px/1.5 "Liberation Mono", monospace; color: #c01343; background: #f8f8f8;
  border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px }
a { color: #1264a3; text-decoration: none }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px }
.context { font-size: 13px; line-height: 1.4; color: #616061; display: flex; flex-wrap: wrap; gap: 4px 12px }
.row { display: flex; flex-wrap: wrap; gap: 8px }
.button { border: 1px solid #bbb; border-radius: 8px; background: #fff; padding: 4px 11px; font-size: 13px;
  font-weight: 700; line-height: 18px }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
.thumb { display: inline-block; padding: 4px 6px; color: #616061 }
.file { display: flex; gap: 10px; align-items: center; border: 1px solid #ddd; border-radius: 12px;
  padding: 10px 12px; margin: 6px 0; width: 420px }
.file .kind { width: 36px; height: 36px; border-radius: 6px; color: #fff; font-size: 11px; font-weight: 700;
  text-align: center; line-height: 36px; background: #616061; flex: none }
.file .PDF { background: #e01e5a }
.file b { display: block; font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.file span { font-size: 12px; color: #616061 }
.file div { min-width: 0 }
.modal { width: 520px; margin: 6px auto; border: 1px solid #ddd; border-radius: 10px;
  box-shadow: 0 4px 14px #0002 }
.modal header { font-size: 20px; font-weight: 900; padding: 14px 20px; display: flex;
  justify-content: space-between }
.modal .inside { padding: 2px 20px 8px }
.modal footer { padding: 12px 20px; border-top: 1px solid #ddd; display: flex; gap: 10px;
  justify-content: flex-end }
.modal footer .button { font-size: 15px; padding: 7px 14px }
.label { font-weight: 700; display: block; margin-bottom: 5px }
.select { border: 1px solid #868686; border-radius: 6px; padding: 6px 11px; display: flex;
  justify-content: space-between }
.options { font-size: 13px; color: #616061; display: block; margin-top: 3px }
.task { display: flex; gap: 8px; font-size: 14px; padding: 2px 0 }
.task i { font-style: normal; color: #007a5a; font-weight: 700 }
.task .out { color: #616061; display: block; font-size: 13px }
.prompt { border: 1px solid #ddd; border-radius: 10px; padding: 8px 12px; margin: 6px 0 }
.prompt span { color: #616061; font-size: 13px; display: block }
"""
_THUMB = (
    '<svg width="16" height="16" viewBox="0 0 20 20" fill="none" stroke="#616061" stroke-width="1.6"'
    ' style="transform:rotate({turn}deg)"><path d="M3 9h3v8H3zM6 9l4-7c2 0 2.300 1.500 2 3l-.600 3H16c1.500 0'
    ' 2 1 1.700 2.200l-1.200 5.300C16.200 16.600 15.500 17 14.500 17H6"/></svg>'
)
_PEOPLE = {"Ada": "#7c5cbf", "Ben": "#2b8a6e"}
_LINK = re.compile(r"<([^<>|]+)\|([^<>]*)>")
_MARKS = (
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?!\w)"), r"<b>\1</b>"),
    (re.compile(r"(?<![^\W_])_(?=\S)([^\n]*?\S)_(?![^\W_])"), r"<i>\1</i>"),
)


@contextmanager
def drawing(chromium: str) -> Iterator[Callable[[Shown, Path], None]]:
    """Gives what draws a message into a file; `chromium` is the browser's path."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": WIDTH, "height": 400})
            page.route("**/*", lambda route: route.abort())
            yield lambda shown, path: _draw(page, shown, path)
        finally:
            browser.close()


def page_of(shown: Shown) -> str:
    """The HTML of one message."""
    before = _person(*shown.said) if shown.said is not None else ""
    return f'<meta charset="utf-8"><style>{STYLE}</style><div id="shown">{before}{_body(shown)}</div>'


def marked(text: str) -> str:
    """mrkdwn as HTML. Its entities are HTML's own."""
    lines: list[str] = []
    for line in text.split("\n"):
        said = _LINK.sub(r'<a href="\1">\2</a>', line.removeprefix("> "))
        for mark, drawn in _MARKS:
            said = mark.sub(drawn, said)
        lines.append(f'<span class="quote">{said}</span>' if line.startswith("> ") else said + "\n")
    return "".join(lines).rstrip("\n")


def _draw(page: Page, shown: Shown, path: Path) -> None:
    page.set_content(page_of(shown))
    taken = Image.open(io.BytesIO(page.locator("#shown").screenshot(animations="disabled")))
    taken.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)


def _body(shown: Shown) -> str:
    content = shown.content
    match shown.kind:
        case "modal":
            return _modal(content)
        case "files":
            rows = "".join(_file(**one) for one in content["files"])
            return _bot(f'<div class="block text">{marked(content["text"])}</div>{rows}')
        case "prompts":
            rows = "".join(_prompt(one["title"], one["message"]) for one in content["prompts"])
            return f"<b>{_plain(content['title'])}</b>{rows}"
        case "whisper":
            only = '<div class="only">Only visible to you</div>'
            return f'<div class="whisper">{only}{_bot(_blocks(content["blocks"]))}</div>'
        case "message":
            return _bot(_blocks(content["blocks"]))


def _person(name: str, text: str) -> str:
    face = f'<span class="face person" style="background:{_PEOPLE[name]}">{name[0]}</span>'
    said = f'<div class="text">{_plain(text)}</div>'
    return _message(face, f'<span class="name">{name}</span>', said)


def _bot(inside: str) -> str:
    logo = files("advisor.interfaces.web").joinpath("assets", "logo.svg").read_bytes()
    data = base64.b64encode(logo).decode()
    face = f'<img class="face" alt="" src="data:image/svg+xml;base64,{data}">'
    badge = f'<span class="name">{_plain(wording().name)}</span><span class="badge">APP</span>'
    return _message(face, badge, inside)


def _message(face: str, name: str, inside: str) -> str:
    time = '<span class="time"> 10:00 AM</span>'
    return f'<div class="message">{face}<div class="told"><div>{name}{time}</div>{inside}</div></div>'


def _blocks(blocks: Iterable[Json]) -> str:
    return "".join(_block(block) for block in blocks)


def _block(block: Json) -> str:
    match block["type"]:
        case "section":
            told = f'<div class="text">{_text(block["text"])}</div>' if "text" in block else ""
            fields = "".join(f'<div class="text">{_text(one)}</div>' for one in block.get("fields", ()))
            inside = told + (f'<div class="fields">{fields}</div>' if fields else "")
        case "context":
            elements = "".join(f'<div class="text">{_text(one)}</div>' for one in block["elements"])
            inside = f'<div class="context">{elements}</div>'
        case "actions" | "context_actions":
            inside = f'<div class="row">{"".join(_element(one) for one in block["elements"])}</div>'
        case "header":
            inside = f'<b style="font-size:18px">{_text(block["text"])}</b>'
        case "divider":
            inside = '<hr style="border:0;border-top:1px solid #ddd">'
        case "input":
            inside = f'<span class="label">{_text(block["label"])}</span>{_element(block["element"])}'
        case "task_card":
            inside = _task(block)
        case other:
            raise ValueError(f"a block of type {other!r} can't be drawn")
    return f'<div class="block">{inside}</div>'


def _element(element: Json) -> str:
    match element["type"]:
        case "button":
            return f'<span class="button {element.get("style", "")}">{_text(element["text"])}</span>'
        case "feedback_buttons":
            return "".join(f'<span class="thumb">{_THUMB.format(turn=turn)}</span>' for turn in (0, 180))
        case "static_select":
            others = " · ".join(_text(one["text"]) for one in element["options"][1:])
            shown = _text(element["initial_option"]["text"])
            menu = f'<span class="select"><span>{shown}</span><span>▾</span></span>'
            return f'{menu}<span class="options">{others}</span>'
        case other:
            raise ValueError(f"an element of type {other!r} can't be drawn")


def _task(card: Json) -> str:
    sections = card.get("output", {}).get("elements", ())
    told = "".join(one["text"] for section in sections for one in section["elements"])
    out = f'<span class="out">{_plain(told)}</span>' if told else ""
    mark = "✓" if card["status"] == "complete" else "…"
    return f'<div class="task"><i>{mark}</i><span>{_plain(card["title"])}{out}</span></div>'


def _modal(view: Json) -> str:
    head = f"<header><span>{_text(view['title'])}</span><span>×</span></header>"
    close = f'<span class="button">{_text(view["close"])}</span>'
    submit = f'<span class="button primary">{_text(view["submit"])}</span>'
    inside = f'<div class="inside">{_blocks(view["blocks"])}</div>'
    return f'<div class="modal">{head}{inside}<footer>{close}{submit}</footer></div>'


def _prompt(title: str, message: str) -> str:
    return f'<div class="prompt"><b>{_plain(title)}</b><span>{_plain(message)}</span></div>'


def _file(title: str, name: str) -> str:
    kind = name.rpartition(".")[2].upper()
    told = f"<div><b>{_plain(title)}</b><span>{'Markdown' if kind == 'MD' else kind}</span></div>"
    return f'<div class="file"><span class="kind {kind}">{kind}</span>{told}</div>'


def _text(text: Json) -> str:
    return marked(text["text"]) if text["type"] == "mrkdwn" else _plain(text["text"])


def _plain(text: str) -> str:
    return html.escape(text, quote=True)
