"""What the bot says, as messages: pure functions of replies, memos and suppositions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from advisor.domain.case import Case
from advisor.domain.evidence import Citation
from advisor.domain.memo import Memo
from advisor.domain.reply import Question, Reply
from advisor.domain.standing import Supposition
from advisor.interfaces.documents.document import (
    Bullets,
    Cite,
    Document,
    Grid,
    Paragraph,
    Part,
    Runs,
    Words,
    document_of,
)
from advisor.interfaces.documents.plain import web_address
from advisor.interfaces.reply_text import without_choices
from advisor.interfaces.slack.blocks import (
    Message,
    Shape,
    actions,
    button,
    context,
    feedback,
    fields,
    packed,
    sections,
)
from advisor.interfaces.slack.mrkdwn import bold, escaped, of_block, of_markdown, of_runs
from advisor.interfaces.slack.wording import wording
from advisor.interfaces.supposing import misfits
from advisor.steps.wording import in_sentence, money

MOST_CHANGES = 3
KIT = "part-kit-"
"""How the anchors of a kit's parts begin."""

CHOICE, WHAT_IF, KIT_MENU, KIT_PART, QUOTES, FEEDBACK = (
    "choice",
    "what_if",
    "kit",
    "kit_part",
    "quotes",
    "feedback",
)
"""What buttons are called; those of a row have a number behind."""


@dataclass(frozen=True)
class Answered:
    """How a question was answered: the label that was pressed, None where it was answered in words."""

    label: str | None
    name: str


def of_reply(reply: Reply, answered: Answered | None = None) -> tuple[Message, ...]:
    """A reply as messages. With `answered` its buttons are gone and the answer stands in their place.

    A recommendation needs its memo with it.
    """
    if reply.memo is not None:
        return _recommended(reply, reply.memo)
    texts = of_markdown(without_choices(reply.text, reply.question))
    if reply.question is not None and reply.question.text not in reply.text:
        texts.append(bold(reply.question.text))  # its buttons would stand under something else
    end = _choices(reply, answered) + _footnotes(reply.citations)
    if len(reply.citations) > 1 or (reply.citations and reply.kind == "answer"):
        end += actions([button(QUOTES, wording().quotes, {"turn": reply.message_id})])
    if reply.kind == "answer":
        end.append(_feedback(reply))
    return packed(sections(texts) + _notices(reply), end)


def plainly(text: str) -> Message:
    """A line of the bot's own, which is mrkdwn."""
    return packed(sections([text]))[0]


def question_at(reply: Reply) -> int | None:
    """Which of the messages of a reply holds the buttons of its question; None where there are none."""
    return len(of_reply(reply)) - 1 if reply.question is not None else None


def kit_menu(memo: Memo, turn: str) -> Message:
    """The parts of the kit, a button for each."""
    parts = kit_parts(document_of(memo))
    row = [
        button(f"{KIT_PART}:{at}", part.heading, {"turn": turn, "part": part.anchor})
        for at, part in enumerate(parts)
    ]
    intro = wording().kit_intro.format(label=escaped(memo.recommendation.first.label))
    return packed(sections([intro]), actions(row))[0]


def kit_part(memo: Memo, anchor: str) -> tuple[Message, ...]:
    """One part of the kit, whole; nothing where the memo has no such part."""
    part = next((one for one in kit_parts(document_of(memo)) if one.anchor == anchor), None)
    if part is None:
        return ()
    used = _used(part)
    notes = _footnotes([one for one in memo.citations if one.number in used])
    return packed(sections([bold(part.heading), *(of_block(block) for block in part.blocks)]), notes)


def kit_parts(document: Document) -> list[Part]:
    """The parts of the kit in a memo."""
    return [part for part in document.parts if part.anchor.startswith(KIT)]


def quotes(citations: Sequence[Citation]) -> tuple[Message, ...]:
    """The words that each number rests on, with section and date."""
    words = wording()
    told: list[str] = []
    for one in citations:
        whose = words.verbatim if one.verbatim else words.our_words
        where = f"{_title(one)}, “{escaped(one.section)}”"
        told.append(f"[{one.number}] {where}, {whose}: “{escaped(one.quote.rstrip('.:'))}”")
    return packed(sections([f"*{words.quotes_heading}*", *told]))


def supposed(name: str, labels: Sequence[str], changes: Mapping[str, object], found: Supposition) -> Message:
    """How the recommendation moves when facts are changed; `labels` say the changes in words."""
    words, then = wording(), found.then
    asked = words.what_if_asked.format(changes=escaped(", ".join(labels)), name=escaped(name))
    line = words.what_if_moves if found.changed else words.what_if_stays
    told = [asked, line.format(label=escaped(then.first.label))]
    sure = words.what_if_sure.format(
        sure=words.confidence[then.confidence],
        margin=then.margin,
        runner_up=escaped(then.runner_up.label),
    )
    cost = then.first.cost
    price = f"{money(cost.low)}–{money(cost.high)}" if cost is not None else escaped(then.first.cost_note)
    told.append(f"{sure}. {words.what_if_cost.format(cost=price)}.".replace("..", "."))
    warnings = misfits(then, Case.of(dict(changes)), words.what_if_late, words.what_if_dear)
    return packed(sections(["\n".join(told)]), context(warnings))[0]


def _recommended(reply: Reply, memo: Memo) -> tuple[Message, ...]:
    """The first move, how sure, what it costs, what would change it; the rest is in the files."""
    words, document = wording(), document_of(memo)
    parts = {part.anchor: part for part in document.parts}
    body = sections(of_markdown(_before_memo(reply.text)))
    shown: set[int] = set()
    first = parts.get("part-first")
    if first is not None:
        body += sections(_led(first))
        shown |= _used(first)
    # The lead is the first paragraph already.
    body += fields([(escaped(one.label), escaped(one.value)) for one in document.glance[1:]])
    flips = parts.get("part-flips")
    if flips is not None:
        lines, used = _top(flips)
        body += sections(["\n".join([bold(flips.heading), *lines])])
        shown |= used
    assumed = parts.get("part-assumed")
    if assumed is not None:
        count = sum(len(block.items) for block in assumed.blocks if isinstance(block, Bullets))
        body += sections([words.assumed.format(heading=escaped(assumed.heading), count=count)])
    interests = parts.get("part-interests")
    if interests is not None:
        paragraphs = [block for block in interests.blocks if isinstance(block, Paragraph)]
        body += context(of_block(block) for block in paragraphs)
        shown |= {n for block in paragraphs for n in _numbers(block.runs)}
    cited = [one for one in reply.citations if one.number in shown | _before_numbers(reply.text)]
    turn = {"turn": reply.message_id}
    row = [button(WHAT_IF, words.what_if, turn, primary=True)]
    if kit_parts(document):
        row.append(button(KIT_MENU, words.kit, turn))
    row.append(button(QUOTES, words.quotes, turn))
    return packed(body + _notices(reply), [*actions(row), *_footnotes(cited), _feedback(reply)])


def _led(first: Part) -> list[str]:
    """The first move: its heading and its sentence as one line, then the rest."""
    lead, *others = first.blocks
    if not isinstance(lead, Paragraph):
        return [bold(first.heading), *(of_block(block) for block in first.blocks)]
    sentence = "".join(run.text for run in lead.runs if isinstance(run, Words))
    cites = tuple(run for run in lead.runs if isinstance(run, Cite))
    line = bold(f"{first.heading}: {in_sentence(sentence)}")
    return [f"{line} {of_runs(cites)}".strip(), *(of_block(block) for block in others)]


def _top(part: Part) -> tuple[list[str], set[int]]:
    """The first lines of a part's table of changes, and how many more there are."""
    lines: list[tuple[str, tuple[Runs, ...]]] = []
    for block in part.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                change, move = (of_runs(cell) for cell in row[:2])
                lines.append((f"• {wording().change.format(change=change, move=move)}", row))
    told = [line for line, _ in lines[:MOST_CHANGES]]
    if len(lines) > MOST_CHANGES:
        told.append(wording().more_changes.format(count=len(lines) - MOST_CHANGES))
    return told, {number for _, rows in lines[:MOST_CHANGES] for runs in rows for number in _numbers(runs)}


def _numbers(runs: Runs) -> Iterable[int]:
    return (run.number for run in runs if isinstance(run, Cite))


def _used(part: Part) -> set[int]:
    used: set[int] = set()
    for block in part.blocks:
        if isinstance(block, Paragraph):
            used.update(_numbers(block.runs))
        elif isinstance(block, Bullets):
            used.update(n for item in block.items for n in _numbers(item))
        elif isinstance(block, Grid):
            used.update(n for row in block.rows for cell in row for n in _numbers(cell))
    return used


def _before_memo(text: str) -> str:
    """What a reply says before its memo begins."""
    lines = text.split("\n")
    title = next((at for at, line in enumerate(lines) if line.startswith("# ")), len(lines))
    return "\n".join(lines[:title])


def _before_numbers(text: str) -> set[int]:
    before = _before_memo(text)
    return {
        int(part.partition("]")[0]) for part in before.split("[")[1:] if part.partition("]")[0].isdecimal()
    }


def _choices(reply: Reply, answered: Answered | None) -> list[Shape]:
    words = wording()
    if reply.question is None:
        return []
    if answered is not None:
        name = escaped(answered.name)
        if answered.label is None:
            return context([words.answered_in_words.format(name=name)])
        return context([words.answered.format(answer=escaped(answered.label), name=name)])
    return actions(_buttons(reply.message_id, reply.question))


def _buttons(turn: str, question: Question) -> list[Shape]:
    return [
        button(f"{CHOICE}:{at}", choice.label, {"turn": turn, "about": question.fact, "choice": at})
        for at, choice in enumerate(question.choices)
    ]


def _notices(reply: Reply) -> list[Shape]:
    return context(escaped(notice) for notice in reply.notices)


def _footnotes(citations: Sequence[Citation]) -> list[Shape]:
    """A line for each source: its numbers, the guide, what its publisher sells."""
    by_source: dict[str, list[Citation]] = {}
    for one in citations:
        by_source.setdefault(one.source_id, []).append(one)
    words, told = wording(), list[str]()
    for cited in by_source.values():
        numbers = "".join(f"[{one.number}]" for one in cited)
        guide = _title(cited[0])
        source = guide if cited[0].verbatim else words.digest.format(source=guide)
        told.append(f"{numbers} {source} · {words.sells.format(sells=escaped(cited[0].sells))}")
    return context(["\n".join([f"*{words.sources}*", *told])]) if told else []


def _title(cited: Citation) -> str:
    """Publisher, title and date; the title is a link where there is an address."""
    url = web_address(cited.url)
    title = f"“{escaped(cited.title)}”"
    linked = f"<{url.replace('&', '&amp;')}|{title}>" if url else title
    return f"{escaped(cited.publisher)}, {linked} ({escaped(cited.date or 'undated')})"


def _feedback(reply: Reply) -> Shape:
    words = wording()
    return feedback(FEEDBACK, words.feedback_good, words.feedback_bad, {"turn": reply.message_id})
