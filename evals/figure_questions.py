"""Are questions for a figure answered with the guides' figures, all positions shown, and nothing made up?

Asks each question of cases/figure_questions.yaml on a fresh thread through the public interface. Reads
numbers as digits; it does not judge the wording.

    python -m evals.figure_questions              # both halves
    python -m evals.figure_questions --half dev   # the half that may be tuned on
    python -m evals.figure_questions --keep-rows  # writes cases/figure_rows.jsonl anew from the corpus
"""

import argparse
import re
import sys
import tempfile
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from advisor.domain.evidence import Figure
from advisor.domain.reply import Reply

CASES = Path(__file__).parent / "cases" / "figure_questions.yaml"
ROWS = CASES.with_name("figure_rows.jsonl")
"""The rows that the questions name, as they were when the questions were written."""

Half = Literal["dev", "held_out"]
Verdict = Literal["found", "unread", "not_given", "wrong", "declined", "false"]


class Question(BaseModel):
    """One question. `rows` and `numbers` where the guides give it, else `none`."""

    model_config = ConfigDict(extra="forbid")

    id: str
    half: Half
    question: str
    rows: list[str] = []
    numbers: list[float] = []
    conflict: list[str] = []
    none: Literal["near", "role", "plain"] | None = None


@dataclass
class Score:
    """Counts over one half, and a line for each question that went wrong."""

    found: int = 0
    answerable: int = 0
    wrong: int = 0
    unread: int = 0
    conflicts: int = 0
    conflicts_shown: int = 0
    unanswerable: int = 0
    declined: int = 0
    false_answers: int = 0
    faults: list[str] = field(default_factory=list[str])

    def line(self, half: str) -> str:
        """The half in one line."""
        return (
            f"{half}: found {self.found}/{self.answerable} (wrong figure {self.wrong}, "
            f"not read as a question {self.unread}), conflicts shown "
            f"{self.conflicts_shown}/{self.conflicts}, declined {self.declined}/{self.unanswerable} "
            f"(false answers {self.false_answers})"
        )


def load_questions() -> list[Question]:
    """The cases, in file order."""
    rows: list[object] = yaml.safe_load(CASES.read_text("utf-8"))["questions"]
    return [Question.model_validate(row) for row in rows]


def load_rows() -> dict[str, Figure]:
    """The rows that questions name, by the id they had; the corpus may know them by another one today."""
    rows = [Figure.model_validate_json(line) for line in ROWS.read_text("utf-8").splitlines()]
    return {row.id: row for row in rows}


def keep_rows() -> int:
    """Writes the rows that questions name, as the corpus has them; gives their number."""
    from advisor.assembly import builtin_corpus

    named = {name for question in load_questions() for name in (*question.rows, *question.conflict)}
    rows = [figure for figure in builtin_corpus().figures if figure.id in named]
    ROWS.write_text("".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows), "utf-8")
    return len(rows)


_MARKER = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(K\b)?")


def numbers_in(text: str) -> set[float]:
    """The numbers of a text, citation markers left out."""
    found = _NUMBER.findall(_MARKER.sub("", text))
    return {float(digits.replace(",", "")) * (1000 if thousands else 1) for digits, thousands in found}


def ends(figure: Figure) -> set[float]:
    """The ends of a figure's interval."""
    return {float(end) for end in (figure.low, figure.high) if end is not None}


def judge(question: Question, reply: Reply, figures: Mapping[str, Figure]) -> tuple[Verdict, bool]:
    """The verdict on one reply, and whether another guide's figure is shown with its source."""
    shown, cited = numbers_in(reply.text), {citation.source_id for citation in reply.citations}
    if question.none is not None:
        honest = reply.covered is False and (question.none == "near" or not shown)
        return ("declined" if honest else "false"), False
    others = (figures[name] for name in question.conflict)
    conflict = any(ends(other) <= shown and other.source_id in cited for other in others)
    if reply.covered is False:
        return "not_given", conflict
    if reply.covered is None:
        return "unread", conflict
    sources = {figures[name].source_id for name in question.rows}
    if set(question.numbers) <= shown and sources <= cited:
        return "found", conflict
    return "wrong", conflict


def measure(questions: Iterable[Question], home: Path) -> Score:
    """Asks every question on a thread of its own. `home` keeps the index and the conversations."""
    from advisor import Advisor
    from advisor.assembly import builtin_corpus
    from advisor.settings import Settings

    figures = {figure.id: figure for figure in builtin_corpus().figures}
    score = Score()
    advisor = Advisor.open(Settings(home=home))
    try:
        for question in questions:
            thread = f"figure-{question.id}-{uuid.uuid4().hex}"  # never one that was used before
            reply = advisor.reply_sync(thread, question.question)
            _count(score, question, reply, *judge(question, reply, figures))
    finally:
        advisor.close()
    return score


def _count(score: Score, question: Question, reply: Reply, verdict: Verdict, conflict: bool) -> None:
    if question.none is None:
        score.answerable += 1
        score.found += verdict == "found"
        score.wrong += verdict == "wrong"
        score.unread += verdict == "unread"
        if question.conflict:
            score.conflicts += 1
            score.conflicts_shown += conflict
    else:
        score.unanswerable += 1
        score.declined += verdict == "declined"
        score.false_answers += verdict == "false"
    if verdict in ("found", "declined") and (conflict or not question.conflict):
        return
    told = " ".join(reply.text.split())[:160]
    score.faults.append(f"{question.id} {verdict}, {reply.kind}: {question.question} → {told}")


def main(arguments: list[str] | None = None) -> int:
    """Prints both halves, or one; exit 1 when an unanswerable question got a figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("dev", "held_out"), help="one half alone")
    parser.add_argument("--home", type=Path, help="where the index is kept; default: a temporary folder")
    parser.add_argument("--keep-rows", action="store_true", help="only write the rows that questions name")
    options = parser.parse_args(arguments)
    if options.keep_rows:
        print(f"{keep_rows()} rows in {ROWS.name}")
        return 0
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for half in ("dev", "held_out") if options.half is None else (options.half,):
            questions = [question for question in load_questions() if question.half == half]
            score = measure(questions, Path(options.home or folder))
            print(score.line(half))
            for fault in score.faults:
                print(f"  {fault}")
            bad += score.false_answers
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
