"""A scripted language model on loopback: what it is asked, what it costs, and what it can't change.

One consultation with an honest model, then models that lie, then endpoints that fail. Each turn is held
against the same turn without a model. Requests are real HTTP; nothing leaves the machine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from advisor.adapters.local_language import LocalLanguage
from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.assembly import Advisor, builtin_phrases, question_choices, reading_files
from advisor.domain.reply import Reply
from advisor.policy.rulebook import Rulebook
from advisor.ports.language import Language
from advisor.testing.honest_model import HonestModel
from advisor.testing.openai_server import Cuts, Fails, OpenAIServer, Refuses, Request, Says, Stalls, Step
from evals.bench.model import CONSULTATION, tokens_sent
from evals.grounding.hostile import KINDS, HostileDrafts, HostileModel, load_hostile
from evals.metrics import model as metrics
from evals.metrics.registry import Metric
from evals.product import TODAY, Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered
from evals.sections.model_prompts import Exchange, prompt_cases

NAME = "model"

OPENING = "We want to route maintenance tickets with GPT inside our product, live in ten weeks."
MEMO = (
    f"{OPENING} We have $60k, the data is ready, and nobody here can judge AI work. Just tell me what to do."
)
ANSWER = "Which red flags are there in a portfolio?"
FOREIGN = "Wir brauchen einen Chatbot für unsere Kunden, bald."
JUDGED = (CONSULTATION[4], "Who is contract-to-hire good for?", "Can we start with a junior AI engineer?")
LIED_TO = {"memo": MEMO, "answer": ANSWER, "reading": OPENING, "translation": FOREIGN}
"""The message with which a hostile model is met, by what it is hostile in."""

SELDOM = ("rate_limited", "bad_key", "too_long")
"""Failures of the full profile alone."""
FAILURES: dict[str, Step] = {
    "server_error": Fails(500),
    "rate_limited": Fails(429),
    "bad_key": Fails(401, "Incorrect API key provided: sk-loopback"),
    "cut_stream": Cuts(after=2),
    "no_json": Says("Sure! Here is what I think."),
    "wrong_form": Says({"recommendation": "full_time"}),
    "refusal": Refuses(),
    "too_long": Says('{"facts": [', finish="length"),
}
KEY = "sk-loopback"
NOTICED = "it says: "
STALL = 2.0
"""Seconds after which a model that stalls is given up, in the full profile alone."""


@dataclass
class Switch:
    """The script of the one server: whichever model is put in."""

    model: Callable[[Request], Step] = lambda _: Fails(500)


@dataclass
class Bench:
    """An advisor with a model and one without, and the turns that were had with them."""

    product: Product
    modelled: Advisor
    server: OpenAIServer
    switch: Switch
    local: Language
    turns: list[Exchange] = field(default_factory=list[Exchange])
    _before: dict[str, Reply] = field(default_factory=dict[str, Reply])
    _openings: dict[str, Reply] = field(default_factory=dict[str, Reply])

    def turn(
        self, thread: str, message: str, refused: Sequence[str] = (), advisor: Advisor | None = None
    ) -> tuple[Reply, Exchange]:
        """The reply with the model that is put in, and the turn as it was; `refused` is what can't stand."""
        asked = len(self.server.requests)
        reply = (advisor or self.modelled).reply_sync(f"model/{thread}", message, today=TODAY)
        plain = self._plain(thread, message)
        requests = tuple(self.server.requests[asked:])
        turn = Exchange(message, self._before.get(thread), plain, reply, requests, tuple(refused))
        self._before[thread] = plain
        return reply, turn

    def _plain(self, thread: str, message: str) -> Reply:
        """The reply without a model; what a conversation begins with is asked once."""
        opening = self._openings.get(message) if thread not in self._before else None
        if opening is None:
            opening = self.product.advisor.reply_sync(f"plain/{thread}", message, today=TODAY)
            if thread not in self._before:
                self._openings[message] = opening
        return opening


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Every case of the section; the kinds of lies and of failures may come in another order."""
    _ = product.advisor  # builds the guides' index before a second advisor looks for it
    switch = Switch()
    server = OpenAIServer(lambda request: switch.model(request)).start()
    try:
        given = {"base_url": server.url, "api_key": KEY, "model": "scripted"}
        local = reader(product.rulebook)
        modelled = product.opened(product.settings(**given))
        bench = Bench(product, modelled, server, switch, local)
        yield from _consultation(bench)
        for kind in ordered(KINDS, order):
            yield from _lied_to(bench, kind, load_hostile())
        judging = product.opened(product.settings(**given, judge=True))
        switch.model = HonestModel(local)
        for number, question in enumerate(JUDGED):
            bench.turns.append(bench.turn(f"judged-{number}", question, advisor=judging)[1])
            if any(request.form == "ClaimsJudged" for request in bench.turns[-1].requests):
                break  # a table's row can't be worded as it is, and comes to no judge
        yield from prompt_cases(bench.turns)
        yield from _failing(bench, profile, order)
        if profile == "full":
            switch.model = lambda _: Stalls(after=1)
            stalling = product.opened(product.settings(**given, model_timeout=STALL))
            yield _failed(bench, "stalls", OPENING, stalling)
    finally:
        server.close()


def reader(rulebook: Rulebook) -> Language:
    """What a scripted model reads with: the local language without its embedding.

    What only the embedding guesses, the advisor reads itself beside the model, and stays a guess.
    """
    phrases = builtin_phrases()
    read = LocalReader(load_reading(reading_files()), choices=question_choices(rulebook))
    return LocalLanguage(read, LocalMemos(phrases, rulebook), LocalAnswers(phrases))


def _consultation(bench: Bench) -> Iterator[CaseResult]:
    bench.switch.model = HonestModel(bench.local)
    for number, message in enumerate(CONSULTATION, 1):
        reply, turn = bench.turn("consultation", message)
        bench.turns.append(turn)
        tokens = sum(map(tokens_sent, turn.requests))
        scored = {
            metrics.calls_a_turn.name: metrics.calls_a_turn.score(calls=len(turn.requests)),
            metrics.prompt_tokens.name: metrics.prompt_tokens.score(tokens=tokens),
            metrics.same_advice.name: metrics.same_advice.score(
                differences=how_advice_differs(reply, turn.plain)
            ),
        }
        yield CaseResult(
            section=NAME,
            id=f"consultation/turn-{number}",
            scores={name: one.value for name, one in scored.items()},
            why={name: one.why for name, one in scored.items() if one.why},
            transcript=(Said(who="user", text=message), Said(who="advisor", text=reply.text)),
        )


def how_advice_differs(reply: Reply, plain: Reply) -> list[str]:
    """In what a reply differs from the one without a model, its wording aside."""
    found: list[str] = []
    if reply.kind != plain.kind:
        found.append(f"the reply is a {reply.kind} and not a {plain.kind}")
    for key in dict.fromkeys((*plain.facts, *reply.facts)):
        values = [facts[key].value if key in facts else None for facts in (plain.facts, reply.facts)]
        if values[0] != values[1]:
            found.append(f"{key} is {values[1]} and not {values[0]}")
    asked = [one.question.fact if one.question else None for one in (plain, reply)]
    if asked[0] != asked[1]:
        found.append(f"it asks for {asked[1]} and not for {asked[0]}")
    first = [one.memo.recommendation.first if one.memo else None for one in (plain, reply)]
    if first[0] != first[1]:
        found.append(f"the first move is {first[1] and first[1].label} and not {first[0] and first[0].label}")
    return [*found, *(f"{NOTICED}{notice}" for notice in reply.notices)]


def _lied_to(bench: Bench, kind: str, drafts: HostileDrafts) -> Iterator[CaseResult]:
    bench.switch.model = HostileModel(kind, drafts, bench.local)
    offered = [one.text for one in drafts.memo.values() if one.evidence == "decision" and "{" not in one.text]
    reply, turn = bench.turn(f"hostile-{kind}", LIED_TO[kind], refused=offered if kind == "memo" else ())
    bench.turns.append(turn)
    given = given_to_user(reply)
    transcript = (Said(who="user", text=turn.message), Said(who="advisor", text=reply.text))
    for name, draft in drafts.of(kind).items():
        kept_in = [f"“{part}” reached the user" for part in draft.never if part in given]
        yield _one(metrics.hostile_text_kept_out, f"hostile/{kind}/{name}", {"kept_in": kept_in}, transcript)
    if kind != "translation":  # what a translator leaves alone is told by a notice
        whole = [] if reply.text == turn.plain.text else ["the reply is not the one without a model"]
        whole += how_advice_differs(reply, turn.plain)
        yield _one(metrics.hostile_text_kept_out, f"hostile/{kind}/whole", {"kept_in": whole}, transcript)


def given_to_user(reply: Reply) -> str:
    """All that a user gets, with what JSON escapes as it is."""
    question = reply.question.text if reply.question else ""
    memo = reply.memo.text if reply.memo else ""
    return "\n".join((reply.model_dump_json(), reply.text, memo, question))


def _failing(bench: Bench, profile: Profile, order: Random | None) -> Iterator[CaseResult]:
    failures = [one for one in FAILURES.items() if profile == "full" or one[0] not in SELDOM]
    for name, step in ordered(failures, order):
        bench.switch.model = lambda _, step=step: step
        yield _failed(bench, name, OPENING)
    bench.switch.model = lambda _: Fails(500)
    yield _failed(bench, "server_error-memo", MEMO)
    yield _failed(bench, "server_error-answer", ANSWER)
    read = HonestModel(bench.local)
    bench.switch.model = lambda request: read(request) if request.form == "MessageRead" else Fails(500)
    yield _failed(bench, "half_way-answer", ANSWER)


def _failed(bench: Bench, name: str, message: str, advisor: Advisor | None = None) -> CaseResult:
    reply, turn = bench.turn(f"failing-{name}", message, advisor=advisor)
    wrong = how_failure_differs(reply, turn.plain)
    if not turn.requests:
        wrong.append("the model was not asked at all")
    transcript = (
        Said(who="user", text=message),
        Said(who="advisor", text=reply.text),
        *(Said(who="note", text=notice) for notice in reply.notices),
    )
    return _one(metrics.finishes_without_model, f"failing/{name}", {"differences": wrong}, transcript)


def how_failure_differs(reply: Reply, plain: Reply) -> list[str]:
    """In what a turn that was finished without its model differs from one that never had any."""
    wrong = [one for one in how_advice_differs(reply, plain) if not one.startswith(NOTICED)]
    if reply.text != plain.text:
        wrong.append("the reply is not the one without a model")
    if not reply.notices:
        wrong.append("no notice tells that the model failed")
    if KEY in given_to_user(reply):
        wrong.append("the reply shows the key")
    return wrong


def _one(metric: Metric, name: str, given: dict[str, Any], transcript: tuple[Said, ...]) -> CaseResult:
    scored = metric.score(**given)
    return CaseResult(
        section=NAME,
        id=name,
        scores={metric.name: scored.value},
        why={metric.name: scored.why} if scored.why else {},
        transcript=transcript,
    )
