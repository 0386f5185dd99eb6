"""What each request of a model has to tell, and whether its body tells it.

What is looked for comes from the conversation, the memo and the corpus, never from how a prompt is filled.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from advisor.adapters.openai_language.writing import MOST_WORDS, WORDED
from advisor.domain.memo import Claim, Memo
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS
from advisor.testing.openai_server import Request
from evals.metrics import model as metrics
from evals.product import TODAY
from evals.results import CaseResult

SAID = 40
"""Characters of what was said of a fact that a reader is reminded of at least."""
SHOWN = 80
_POINTS = "<points>"


@dataclass(frozen=True)
class Exchange:
    """One turn: the message, what came before it, the replies without and with a model, what it was asked.

    `refused` are sentences that it offered and that can't stand.
    """

    message: str
    before: Reply | None
    plain: Reply
    reply: Reply
    requests: tuple[Request, ...]
    refused: tuple[str, ...] = ()


Wanted = Callable[[Exchange], Sequence[str]]


def _message(turn: Exchange) -> Sequence[str]:
    return [turn.message]


def _side_question(turn: Exchange) -> Sequence[str]:
    return [asked.strip() for asked in re.findall(r"[^.?!]*\?", turn.message)[-1:]]


def _question(turn: Exchange) -> Sequence[str]:
    asked = turn.before.question if turn.before else None
    return [asked.fact, asked.text] if asked else []


def _known(turn: Exchange) -> Sequence[str]:
    return _said(turn.before)


def _stated(turn: Exchange) -> Sequence[str]:
    return _said(turn.plain) if turn.plain.memo else []


def _said(reply: Reply | None) -> Sequence[str]:
    facts = reply.facts if reply else {}
    return [(fact.said or "")[:SAID] for fact in facts.values() if fact.status == "stated" and fact.said]


def _keys(turn: Exchange) -> Sequence[str]:
    return [*FACT_KEYS, *(value for values in ENUMERATED.values() for value in values)]


def _decision(turn: Exchange) -> Sequence[str]:
    memo = turn.plain.memo
    return [memo.recommendation.first.label, memo.recommendation.first.exit_criterion] if memo else []


def _points(turn: Exchange) -> Sequence[str]:
    return [claim.text for at, claim in _worded(turn.plain.memo) if at != ("first", 0)]


def _passages(turn: Exchange) -> Sequence[str]:
    evidence = [one for _, claim in _worded(turn.plain.memo) for one in claim.evidence]
    return [one.quote for one in evidence if one.kind == "passage"]


def _lines(turn: Exchange) -> Sequence[str]:
    memo = turn.plain.memo
    labels = {line.id: line.label for line in memo.recommendation.lines()} if memo else {}
    evidence = [one for _, claim in _worded(memo) for one in claim.evidence]
    return [labels[one.line] for one in evidence if one.kind == "calculation" and one.line in labels]


def _worded(memo: Memo | None) -> Iterator[tuple[tuple[str, int], Claim]]:
    """The claims that a model may word, each with its section and place."""
    for section in memo.sections if memo else ():
        if section.id in WORDED:
            yield from (((section.id, at), claim) for at, claim in enumerate(section.claims))


def _quoted(turn: Exchange) -> Sequence[str]:
    open_question = turn.plain.question is not None
    citations = turn.plain.citations[:-1] if open_question else turn.plain.citations
    return [one.quote for one in citations[:1]]


def _cited_by_points(turn: Exchange) -> Sequence[str]:
    """The quotes of the first reason, for which sentences are offered that can't stand."""
    return [
        one.quote
        for place, claim in _worded(turn.plain.memo)
        if place == ("why", 0)
        for one in claim.evidence
        if one.kind == "passage"
    ]


def _vouched(turn: Exchange) -> Sequence[str]:
    return [one.quote for one in turn.reply.citations[:1]]


def _most(turn: Exchange) -> Sequence[str]:
    return [str(MOST_WORDS)]


def _asked_text(turn: Exchange) -> Sequence[str]:
    return [turn.reply.question.text] if turn.reply.question else []


def _refused(turn: Exchange) -> Sequence[str]:
    return turn.refused


WANTED: Mapping[str, Mapping[str, Wanted]] = {
    "understand": {
        "message": _message,
        "today": lambda turn: [TODAY.isoformat()],
        "question": _question,
        "facts": _known,
        "keys": _keys,
    },
    "write_memo": {
        "decision": _decision,
        "facts": _stated,
        "passages": _passages,
        "lines": _lines,
        "points": _points,
        "most": _most,
    },
    "write_answer": {"question": _side_question, "passages": _quoted, "most": _most},
    "revise": {"refused": _refused, "material": _stated, "passages": _cited_by_points, "most": _most},
    "judge": {"claims": _vouched},
    "translate": {"segments": _asked_text, "language": lambda turn: ["de"]},
}
"""Prompt → what it has to tell → where that is read off."""

IN_SYSTEM = ("most", "language")
"""Told in the instruction; everything else is data."""

FORMS = {
    "MessageRead": "understand",
    "AnswerWritten": "write_answer",
    "ClaimsJudged": "judge",
    "SegmentsTranslated": "translate",
}


def prompt_of(request: Request) -> str:
    """The prompt that a request was made from, by its form; a revision names what was refused."""
    if request.form == "MemoWorded":
        return "revise" if _POINTS not in request.text else "write_memo"
    return FORMS.get(request.form or "", request.form or "none")


def prompt_cases(turns: Iterable[Exchange]) -> Iterator[CaseResult]:
    """A case for each thing that a prompt has to tell, over all requests that were made from it."""
    turns = list(turns)
    for prompt, wanted in WANTED.items():
        asked = [(turn, one) for turn in turns for one in turn.requests if prompt_of(one) == prompt]
        for name, wants in wanted.items():
            missing = [] if asked else ["it was never asked"]
            looked_for = 0
            for turn, request in asked:
                told = _told(request, name)
                looked_for += len(wants(turn))
                missing += [f"“{one[:SHOWN]}” is not told" for one in wants(turn) if not _holds(told, one)]
            if asked and not looked_for:
                missing.append("nothing to look for came up")
            scored = metrics.prompt_holds.score(missing=missing)
            yield CaseResult(
                section=metrics.SECTION,
                id=f"prompt/{prompt}.{name}",
                scores={metrics.prompt_holds.name: scored.value},
                why={metrics.prompt_holds.name: scored.why} if scored.why else {},
                got={"requests": len(asked), "looked for": looked_for},
            )


def _told(request: Request, name: str) -> str:
    messages = request.body["messages"]
    if name == "keys":
        return request.text
    return str(messages[0 if name in IN_SYSTEM else -1]["content"])


def _holds(told: str, wanted: str) -> bool:
    edge = r"(?<!\w)" if wanted[:1].isalnum() else ""
    return re.search(edge + re.escape(_flat(wanted)), _flat(told)) is not None


def _flat(text: str) -> str:
    """Without what JSON and line breaks put between the letters."""
    plain = text.replace("\\n", " ").replace("\\u003c", "<").replace("\\u003e", ">").replace("\\", "")
    return " ".join(plain.replace("*", "").split())
