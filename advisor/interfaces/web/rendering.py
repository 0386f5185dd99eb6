"""A conversation as Chainlit draws it: steps and elements, made from the advisor's own record each time.

Nothing here is kept. The same turn gives the same ids, so that a page that is opened again, a second tab and
a restarted server show one and the same thing. Knows no server and no session.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.domain.memo import Memo
from advisor.domain.reply import Question, Reply, Turn
from advisor.domain.standing import Standing
from advisor.domain.vocabulary import FactKey
from advisor.interfaces.documents.charts import Chart, charts_of
from advisor.interfaces.documents.formats import FORMATS
from advisor.interfaces.web.shown import unfolded
from advisor.interfaces.web.wording import wording

Shape = dict[str, Any]
"""A step, element or thread as Chainlit sends it to the browser."""

_NAMESPACE = uuid.UUID("8c1c2f0e-6a5f-4a52-9a0e-0d6d7d3a4b11")


def part_id(thread: str, message_id: str, part: str) -> str:
    """The id of one part of a turn, the same whenever it is asked for."""
    return str(uuid.uuid5(_NAMESPACE, f"{thread}\n{message_id}\n{part}"))


def steps(
    thread: str,
    turns: Sequence[Turn],
    begun: str,
    labels: Mapping[FactKey, str],
    rated: Mapping[str, Shape],
) -> list[Shape]:
    """The messages of a conversation. `labels` name the facts, `rated` is the feedback by message id."""
    found: list[Shape] = []
    start = dt.datetime.fromisoformat(begun)
    for number, turn in enumerate(turns):
        # Chainlit sorts by time; the record keeps the order alone.
        at = (start + dt.timedelta(milliseconds=number)).isoformat()
        user, run = (part_id(thread, turn.message_id, part) for part in ("user", "run"))
        common: Shape = {"threadId": thread, "createdAt": at, "start": at, "end": at, "metadata": {}}
        found.append(
            {
                **common,
                "id": user,
                "type": "user_message",
                "name": "user",
                "output": turn.text,
                "command": correction(turn, turns[number - 1].reply if number else None, labels),
            }
        )
        if turn.reply is None:
            continue
        feedback = rated.get(turn.message_id)
        found.append(
            {
                **common,
                "id": run,
                "parentId": user,
                "type": "run",
                "name": "on_message",
                "output": "",
                "feedback": feedback and {**feedback, "forId": run},
            }
        )
        text, _ = unfolded(with_notices(turn.reply), turn.reply.question, wording().open_sections)
        found.append(
            {
                **common,
                "id": part_id(thread, turn.message_id, "reply"),
                "parentId": run,
                "type": "assistant_message",
                "name": wording().name,
                "output": text,
            }
        )
    return found


def correction(turn: Turn, before: Reply | None, labels: Mapping[FactKey, str]) -> str | None:
    """The line above a message that corrects a fact from the panel; None for any other."""
    asked = before.question.fact if before is not None and before.question is not None else None
    if turn.about is None or turn.about == asked:
        return None
    return wording().correcting.format(label=labels.get(turn.about, turn.about))


def with_notices(reply: Reply) -> str:
    """The reply's text with what the user should know beside it."""
    return "\n\n".join([reply.text, *(f"*Note: {notice}*" for notice in reply.notices)])


def elements(
    thread: str,
    message_id: str,
    reply: Reply,
    *,
    for_id: str,
    memo: Memo | None,
    last_memo: bool = True,
    answered: str | None = None,
    standing: Standing | None = None,
) -> list[Shape]:
    """What hangs on a reply: its choices and pictures; with `standing`, how settled the answer is.

    `answered` is the message that came after, None while the question is open.
    """

    def element(name: str, part: str, props: Shape) -> Shape:
        return _element(thread, message_id, for_id, name, part, props)

    found: list[Shape] = []
    if memo is not None:
        found += [
            element("Documents", "documents", documents(thread, message_id, memo)),
            element("Charts", "charts", {"charts": [drawn(chart) for chart in charts_of(memo)]}),
        ]
        if last_memo:  # it reckons with the facts as they stand now
            label = memo.recommendation.first.label
            found.append(element("WhatIf", "what_if", {"thread": thread, "label": label}))
        _, details = unfolded(reply.text, None, wording().open_sections)
        if details:
            found.append(element("Details", "details", {"sections": details, "forId": for_id}))
    if reply.question is not None:
        found.append(choices(thread, message_id, reply.question, for_id=for_id, answered=answered))
    if standing is not None:
        props = panel(thread, standing) | {"sources": sources(thread, message_id, reply, for_id=for_id)}
        found.append(element("Standing", "standing", props))
    return found


def sources(thread: str, message_id: str, reply: Reply, *, for_id: str) -> list[Shape]:
    """The passages behind the numbers in a reply; each is called by its number."""
    return [
        _element(thread, message_id, for_id, name, name, cited.model_dump(mode="json"), "page")
        for cited in reply.citations
        for name in (f"[{cited.number}]",)
    ]


def choices(thread: str, message_id: str, question: Question, *, for_id: str, answered: str | None) -> Shape:
    """The buttons of a question; once it is answered, they stay to be seen."""
    props = {
        "about": question.fact,
        "text": question.text,
        "turn": message_id,
        "labels": [choice.label for choice in question.choices],
        "answered": answered,
    }
    return _element(thread, message_id, for_id, "Choices", "choices", props)


def documents(thread: str, message_id: str, memo: Memo) -> Shape:
    """Where each form of a memo is downloaded."""
    forms = [
        {"form": name, "label": form.description, "href": f"/advisor/memo/{thread}/{message_id}.{name}"}
        for name, form in FORMATS.items()
    ]
    return {"title": memo.title, "forms": forms}


def drawn(chart: Chart) -> Shape:
    """A chart with what its marks mean."""
    return {**chart.model_dump(mode="json"), "legend": chart.legend}


def panel(thread: str, standing: Standing) -> Shape:
    """What the panel shows."""
    words = wording()
    shown = standing.model_dump(mode="json")
    ours = {"thread": thread, "title": words.panel, "correcting": words.correcting, "hints": words.hints}
    return {**ours, **shown}


def _element(
    thread: str, message_id: str, for_id: str, name: str, part: str, props: Shape, display: str = "inline"
) -> Shape:
    return {
        "id": part_id(thread, message_id, part),
        "threadId": thread,
        "forId": for_id,
        "type": "custom",
        "name": name,
        "display": display,
        "mime": "application/json",
        "props": props,
    }
