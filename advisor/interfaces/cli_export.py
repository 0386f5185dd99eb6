"""The command that makes a case for the evals of a conversation, and says what it replaced."""

import json
from pathlib import Path

from advisor.interfaces.case_export import Exported, exported
from advisor.interfaces.cli_commands import as_text, opened
from advisor.interfaces.cli_errors import DONE
from advisor.interfaces.cli_output import Screen
from advisor.interfaces.file_output import write_whole

MOST_WORDS = 30
"""Capitalised words that are listed for a person to look at."""


def export_case(thread: str, output: Path | None, keep_names: bool, screen: Screen) -> int:
    """One line as in `evals/dialogues/*.jsonl`, to a file or stdout; what was replaced goes to stderr."""
    name = as_text(thread)
    with opened(screen) as advisor:
        made = exported(advisor.turns(name), advisor.memo(name), keep_names=keep_names)
    line = json.dumps(made.case, ensure_ascii=False)
    if output is not None and str(output) != "-":
        write_whole(output, line + "\n")
        if screen.as_json:
            screen.json({"thread": thread, "path": str(output), "replaced": made.replaced})
        else:
            screen.line(f"{output} written.")
    elif screen.as_json:
        screen.json(made.case)
    else:
        screen.line(line)
    for told in _told(made, keep_names):
        screen.notice(told)
    return DONE


def _told(made: Exported, keep_names: bool) -> list[str]:
    """What a person has to know before the case leaves this machine."""
    counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(made.replaced.items()))
    told = [f"Replaced: {counts or 'nothing'}." + (" Names were kept." if keep_names else "")]
    if made.look_at:
        more = " …" if len(made.look_at) > MOST_WORDS else ""
        told.append(f"Still capitalised, please look: {', '.join(made.look_at[:MOST_WORDS])}{more}")
    if made.left_out:
        told.append(f"Left out: {made.left_out} messages that stated nothing new.")
    told.append(
        "Patterns find what has a form. Read the case before you pass it on, and fill in `gold` from the "
        "guides: evals/ADDING_CASES.md tells how."
    )
    return told
