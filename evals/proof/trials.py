"""Trials: one change, one copy, one run of the gate, and what came of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, JsonValue

from evals.proof.changes import Change, NoLongerApplies, Tree
from evals.proof.copies import CHECKOUT, fresh_copy

Outcome = Literal["passed", "alarm", "refused", "no_verdict", "too_slow", "not_applied"]
"""The gate passed; it failed; the product refused to load; the gate could not run; it took too long; the
change could not be made."""

PASSED, FAILED, NO_VERDICT = 0, 1, 2
"""The gate's exit codes."""

TIMEOUT = 600.0
"""Seconds for one run of the gate. Much more than it takes: a copy compiles every module anew."""

VERDICT = "verdict.json"
REFUSAL = (
    "from advisor.assembly import builtin_kits, builtin_phrases, builtin_prompts, builtin_rulebook, "
    "builtin_verifier, reading_files\n"
    "from advisor.adapters.local_reader import load_reading\n"
    "from advisor.policy.disagreements import ledger\n"
    "rulebook = builtin_rulebook(); ledger(rulebook); builtin_kits(); builtin_phrases(); builtin_prompts()\n"
    "builtin_verifier(); load_reading(reading_files())\n"
)
"""Loads all data of the product, each checked as it is loaded."""


class Trial(BaseModel):
    """What came of one change. `finding` is the first thing the gate said, `section` where it was seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    what: str
    layer: str
    outcome: Outcome
    section: str = ""
    finding: str = ""
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        """Whether the change was noticed: by the gate, or by the product, which would not load with it."""
        return self.outcome in ("alarm", "refused")


Gate = Sequence[str]
"""The command that runs the gate, without the arguments of a trial."""

GATE: Gate = (sys.executable, "-m", "evals.gate", "--fast", "--stop-at-first")


def trial(
    change: Change,
    *,
    gate: Gate = GATE,
    timeout: float = TIMEOUT,
    keep: bool = False,
    checkout: Path = CHECKOUT,
) -> Trial:
    """Makes the change in a copy of its own and runs the gate there."""
    started = time.monotonic()
    with fresh_copy(change.name, keep, checkout) as copy:
        try:
            change.apply(Tree(copy))
        except NoLongerApplies as error:
            return _told(change, "not_applied", "", error.message, started)
        command = [*gate, "--json", VERDICT, *change.arguments]
        code, output = _run(command, copy, change.environment, timeout)
        if code is None:
            return _told(change, "too_slow", "", f"no verdict within {timeout:g} seconds", started)
        section, finding = first_finding(copy / VERDICT)
        if code == PASSED:
            return _told(change, "passed", "", "", started)
        refusal = _refusal(copy, timeout) if code != FAILED or section in ("", "broken") else ""
        if refusal:
            return _told(change, "refused", "load", refusal, started)
        if code == FAILED:
            return _told(change, "alarm", section, finding or _last_line(output), started)
        return _told(change, "no_verdict", section, finding or _last_line(output), started)


def trials(
    changes: Sequence[Change],
    jobs: int,
    run: Callable[[Change], Trial],
) -> Iterator[Trial]:
    """The trials of several changes, each as it ends."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for done in as_completed([pool.submit(run, change) for change in changes]):
            yield done.result()


def first_finding(verdict: Path) -> tuple[str, str]:
    """The section and the message of the gate's first finding; empty where it wrote none.

    A section that could not be measured is told last: something that failed says more.
    """
    try:
        content: JsonValue = json.loads(verdict.read_text("utf-8"))
    except (OSError, ValueError):
        return "", ""
    findings = _findings(content)
    findings.sort(key=lambda one: one.get("kind") == "broken")
    if not findings:
        return "", ""
    first = findings[0]
    section = "broken" if first.get("kind") == "broken" else str(first.get("section") or "")
    cases = first.get("cases")
    case = cast(dict[str, JsonValue], cases[0]) if isinstance(cases, list) and cases else {}
    told = f" ({case.get('id')}: {case.get('why')})" if case else ""
    return section, f"{first.get('message') or ''}{told}"


def _findings(content: JsonValue) -> list[dict[str, JsonValue]]:
    """The list of findings, wherever the verdict stands in the file."""
    if isinstance(content, dict):
        found = content.get("findings")
        if isinstance(found, list):
            return [one for one in found if isinstance(one, dict)]
        for inner in content.values():
            if isinstance(inner, dict) and (deeper := _findings(inner)):
                return deeper
    return []


def environment_of(copy: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a run: imports come from the copy, nothing of the user's settings or keys."""
    private = ("ADVISOR_", "OPENAI_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(private)}
    ours = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"}
    return {**kept, **ours, **more}


def _run(
    command: Sequence[str], copy: Path, more: Mapping[str, str], timeout: float
) -> tuple[int | None, str]:
    """The exit code and what was printed; None where it had to be ended."""
    process = subprocess.Popen(
        command,
        cwd=copy,
        env=environment_of(copy, more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own session: with all that it started
        process.communicate()
        return None, ""
    return process.returncode, output


def _refusal(copy: Path, timeout: float) -> str:
    """Why the product refuses to load, in its own words; empty where it loads."""
    code, output = _run([sys.executable, "-c", REFUSAL], copy, {}, timeout)
    return "" if code == 0 else _last_line(output)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _told(change: Change, outcome: Outcome, section: str, finding: str, started: float) -> Trial:
    return Trial(
        name=change.name,
        what=change.what,
        layer=change.layer,
        outcome=outcome,
        section=section,
        finding=finding[:400],
        seconds=round(time.monotonic() - started, 1),
    )
