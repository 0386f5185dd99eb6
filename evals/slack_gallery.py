"""The Slack bot's page with a picture of each message it sends: `python -m evals.slack_gallery`.

Holds a consultation with the real bot (`slack_consultation`), writes what Slack was given as JSON, draws it
(`slack_drawing`) and fills in the page `slack_page.md`. A test writes all but the pictures and compares.
"""

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from advisor.assembly import Advisor
from advisor.interfaces.slack import blocks, live, mrkdwn
from advisor.settings import Settings
from advisor.testing.chromium import chromium
from advisor.testing.slack_limits import LIMITS
from evals.slack_consultation import Shown, consultation

CHECKOUT = Path(__file__).parents[1]
MODELS = CHECKOUT / ".cache" / "models"
PAGE = CHECKOUT / "docs" / "slack.md"
FOLDER = CHECKOUT / "docs" / "slack"
TEMPLATE = Path(__file__).with_name("slack_page.md")

_PICTURE = re.compile(r"^@picture (\w+) (.+)$", re.MULTILINE)
_SCOPE = re.compile(r"^  - (?P<scope>[\w.]+:?\w*) # (?P<why>.+)$", re.MULTILINE)

KEPT: Sequence[tuple[str, str, int]] = (
    ("Blocks of a message", "message.blocks", blocks.MOST_BLOCKS),
    ("Characters of a section", "section.text", mrkdwn.LONGEST),
    ("Fields of a section", "section.fields", blocks.MOST_FIELDS),
    ("Characters of a field", "section.field", blocks.LONGEST_FIELD),
    ("Elements of small print", "context.elements", blocks.MOST_IN_CONTEXT),
    ("Buttons in a row", "actions.elements", blocks.MOST_BUTTONS),
    ("Characters of a button", "button.text", blocks.LONGEST_LABEL),
    ("Characters of a streamed message", "markdown_text", live.MOST_STREAMED),
    ("Characters of the text for notifications", "message.text.recommended", blocks.LONGEST_NOTICE),
)
"""What the page says about limits: in words, Slack's name in LIMITS, and where the bot stops."""


def written(shown: Sequence[Shown]) -> dict[Path, str]:
    """Every text file of the gallery, by its path. RuntimeError where page and messages do not fit."""
    by_name = {one.name: one for one in shown}
    if len(by_name) != len(shown):
        raise RuntimeError("two messages have the same name")
    told = {FOLDER / f"{one.name}.json": _json(one) for one in shown}
    return told | {PAGE: page(by_name)}


def page(by_name: Mapping[str, Shown]) -> str:
    """The page with its pictures and tables."""
    template = TEMPLATE.read_text("utf-8")
    named = [match[1] for match in _PICTURE.finditer(template)]
    if sorted(named) != sorted(by_name):
        raise RuntimeError(f"the page and the messages differ in {sorted({*named} ^ {*by_name})}")

    def picture(match: re.Match[str]) -> str:
        name, alt = match.groups()
        blocks_too = "" if by_name[name].kind in ("files", "prompts") else f"\n\n[As JSON](slack/{name}.json)"
        return f"![{alt}](slack/{name}.png){blocks_too}"

    return _PICTURE.sub(picture, template).replace("@scopes", scopes()).replace("@limits", limits())


def scopes() -> str:
    """Each scope with the reason that stands beside it in the manifest."""
    asked = files("advisor.interfaces.slack").joinpath("manifest.yaml").read_text("utf-8")
    rows = [f"| `{match['scope']}` | {match['why']} |" for match in _SCOPE.finditer(asked)]
    return "\n".join(["| Scope | What for |", "|---|---|", *rows])


def limits() -> str:
    """Slack's limits, each with the page that states it, and where the bot stops."""
    rows: list[str] = []
    for words, name, ours in KEPT:
        most, where = LIMITS[name]
        address = "https://docs.slack.dev/" + where.partition(":")[0]
        if ours > most:
            raise RuntimeError(f"{words}: the bot goes to {ours:,}, Slack to {most:,}")
        rows.append(f"| {words} | [{most:,}]({address}) | {ours:,} |")
    return "\n".join(["| | Slack takes | The bot stops at |", "|---|---|---|", *rows])


def _json(shown: Shown) -> str:
    return json.dumps(shown.content, ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    """Writes everything anew; pictures and JSON that no message has any more go."""
    from evals.slack_drawing import drawing

    browser = chromium()
    if browser is None:
        sys.stderr.write("There is no Chromium. Run .ci/browser, which installs one.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        # Not read from the environment, whose settings may name a model.
        settings = Settings.model_construct(home=Path(folder), model_cache=MODELS)
        with Advisor.open(settings) as advisor:
            shown = consultation(advisor, settings)
    texts = written(shown)
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = {FOLDER / f"{one.name}.png" for one in shown}
    for old in {*FOLDER.iterdir()} - {*texts, *pictures}:
        old.unlink()
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    with drawing(browser) as draw:
        for one in shown:
            path = FOLDER / f"{one.name}.png"
            draw(one, path)
            sys.stdout.write(f"{path.name} {path.stat().st_size / 1024:.0f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
