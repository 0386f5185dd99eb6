"""The story of one message.

understand → decide → ask | answer | decline | retrieve → write → verify → memo, then → translate.

Each node is one call to a step and the line that tells what it did, and each may run again after a
crash: a step says the same thing for the same record. The graph routes; it decides nothing.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal, get_args

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from advisor.conversation.state import State, packed, unpacked
from advisor.domain.reply import Stage
from advisor.policy.grounding import Verifier
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.directory import Directory
from advisor.ports.evidence import Evidence
from advisor.ports.language import Language
from advisor.ports.memos import Memos
from advisor.ports.ratings import Ratings
from advisor.ports.replies import Replies
from advisor.ports.usage import UsageLog
from advisor.steps import answer as answering
from advisor.steps import ask as asking
from advisor.steps import decide as deciding
from advisor.steps import decline as declining
from advisor.steps import memo as finishing
from advisor.steps import retrieve as retrieving
from advisor.steps import told
from advisor.steps import translate as translating
from advisor.steps import understand as understanding
from advisor.steps import verify as verifying
from advisor.steps import write as writing
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Record


@dataclass(frozen=True)
class Parts:
    """What the steps work with, and what is kept beside the conversations.

    `local` says what `language` can't; without a model they are one.
    """

    language: Language
    local: Language
    usage: UsageLog
    evidence: Evidence
    memos: Memos
    replies: Replies
    ratings: Ratings
    directory: Directory
    rulebook: Rulebook
    kits: Kits
    verifier: Verifier
    phrases: Phrasebook
    corpus_hash: str


class Nodes:
    """The nodes, bound to their parts. A node's annotation lists its exits."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts

    async def understand(self, state: State) -> State:
        p, before = self._p, unpacked(state)
        after = await understanding.understand(before, p.language, p.local, p.rulebook, p.phrases)
        return packed(after, told.understood(after, p.rulebook, p.phrases))

    async def decide(self, state: State) -> Command[Literal["ask", "answer", "decline", "retrieve"]]:
        p, record = self._p, unpacked(state)
        going = deciding.decide(record, p.rulebook)
        return Command(goto=going, update={"told": told.decided(record, going, p.rulebook, p.phrases)})

    async def ask(self, state: State) -> Command[Literal["translate", "__end__"]]:
        p, before = self._p, unpacked(state)
        after = asking.ask(before, p.rulebook, p.phrases)
        return Command(
            goto=_last(after), update=packed(after, told.asked(before, after, p.rulebook, p.phrases))
        )

    async def answer(self, state: State) -> Command[Literal["ask", "retrieve", "translate", "__end__"]]:
        p, before = self._p, unpacked(state)
        after, going = await answering.answer(
            before, p.language, p.local, p.evidence, p.rulebook, p.verifier, p.phrases
        )
        update = packed(after, told.answered(before, after, p.phrases))
        return Command(goto=_last(after) if going == "end" else going, update=update)

    async def decline(
        self, state: State
    ) -> Command[Literal["ask", "answer", "retrieve", "translate", "__end__"]]:
        p, before = self._p, unpacked(state)
        after, going = declining.decline(before, p.rulebook, p.phrases)
        update = packed(after, told.declined(before, p.phrases))
        return Command(goto=_last(after) if going == "end" else going, update=update)

    async def retrieve(self, state: State) -> State:
        p = self._p
        after = retrieving.retrieve(unpacked(state), p.evidence, p.rulebook, p.kits)
        return packed(after, told.retrieved(after, p.rulebook, p.phrases))

    async def write(self, state: State) -> State:
        p = self._p
        after = await writing.write(
            unpacked(state), p.language, p.local, p.evidence, p.rulebook, p.kits, p.phrases
        )
        return packed(after, told.written(after, p.phrases))

    async def verify(self, state: State) -> State:
        p, before = self._p, unpacked(state)
        after = await verifying.verify(before, p.language, p.evidence, p.rulebook, p.kits, p.verifier)
        return packed(after, told.verified(before, after, p.phrases))

    async def memo(self, state: State) -> Command[Literal["translate", "__end__"]]:
        p = self._p
        record, memo = finishing.memo(
            unpacked(state), p.evidence, p.rulebook, p.kits, p.corpus_hash, p.phrases
        )
        # Kept before the checkpoint that says so; a crash in between writes the same memo again.
        # In a thread of its own: this loop must go on to end the write that another turn has under way.
        await asyncio.to_thread(p.memos.save, record.thread, record.message_id, memo)
        return Command(goto=_last(record), update=packed(record, told.kept(memo, p.phrases)))

    async def translate(self, state: State) -> State:
        p, before = self._p, unpacked(state)
        after = await translating.translate(before, p.language, p.phrases)
        return packed(after, told.translated(before, after, p.phrases))


def _last(record: Record) -> Literal["translate", "__end__"]:
    """A reply in English is said as it is."""
    return "__end__" if record.language == translating.ENGLISH else "translate"


def build_graph(parts: Parts) -> StateGraph[State]:
    """The graph, not yet compiled with a checkpointer."""
    nodes = Nodes(parts)
    graph = StateGraph(State)
    for name in get_args(Stage):
        graph.add_node(name, getattr(nodes, name))
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "decide")
    graph.add_edge("retrieve", "write")
    graph.add_edge("write", "verify")
    graph.add_edge("verify", "memo")
    graph.add_edge("translate", END)
    return graph
