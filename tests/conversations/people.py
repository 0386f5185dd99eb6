"""What several people say in one conversation, as the scripted language reads it."""

from pydantic import JsonValue

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.commands import Command, Reading
from advisor.domain.facts import canonical_value
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import FactKey
from tests.conversations.scripts import SCRIPT, said

KNOWN = "Hosted models, our CTO reviews code, the data is clean, someone owns it for years."
SHORT, LONG, AGAIN, NEARLY = "We have three months.", "It's two years.", "Two years.", "Say 80 to 100 days."
MAYBE, GUESS, STILL = "Maybe two years.", "The board meets rarely.", "Still three months."
ACTUALLY, DOLLARS, EUROS, BOTH = "Actually, two years.", "$50k.", "€900k.", "Two years, and nobody owns it."
SILENT, TEAM, TEAM_TOO = "Don't know.", "Two of us.", "We are five."
DAYS: JsonValue = {"min": 90, "max": 90}
YEARS: JsonValue = {"min": 730, "max": 730}


def hedged(key: FactKey, value: object, words: str, sure: str = "hedged") -> Command:
    return said(key, value, words).model_copy(update={"sure": sure})


READS: dict[str, Reading | tuple[Command, ...]] = {
    **SCRIPT,
    KNOWN: (
        said("work_type", "api_features", "Hosted models"),
        said("technical_leadership", "yes", "our CTO reviews code"),
        said("data_readiness", "ready", "the data is clean"),
        said("durable_ownership", "yes", "someone owns it for years"),
    ),
    SHORT: (said("timeline_days", DAYS, "We have three months"),),
    STILL: (said("timeline_days", DAYS, "Still three months"),),
    NEARLY: (said("timeline_days", {"min": 80, "max": 100}, "80 to 100 days"),),
    LONG: (said("timeline_days", YEARS, "It's two years"),),
    AGAIN: (said("timeline_days", YEARS, "Two years"),),
    MAYBE: (hedged("timeline_days", YEARS, "Maybe two years"),),
    GUESS: (hedged("timeline_days", YEARS, "meets rarely", "guessed"),),
    ACTUALLY: Reading(commands=(said("timeline_days", YEARS, "Actually, two years"),), corrects=True),
    DOLLARS: (said("budget_usd", canonical_value("budget_usd", 50_000), "$50k"),),
    EUROS: (said("budget_usd", {"min": 9e5, "max": 9e5, "currency": "EUR", "original": "€900k"}, "€900k"),),
    BOTH: (
        said("timeline_days", YEARS, "Two years"),
        said("durable_ownership", "no", "nobody owns it"),
    ),
    SILENT: (said("timeline_days", None, "Don't know"),),
    TEAM: (said("existing_team", "two", "Two of us"),),
    TEAM_TOO: (said("existing_team", "five", "We are five"),),
}


def say(advisor: AdvisorCore, *lines: tuple[str | None, str]) -> Reply:
    return [advisor.reply_sync("t", text, by=by) for by, text in lines][-1]


def disputes(reply: Reply) -> bool:
    return "Which of them holds?" in reply.text


def situation(reply: Reply) -> list[str]:
    assert reply.memo is not None
    (section,) = (one for one in reply.memo.sections if one.id == "facts")
    return [claim.text for claim in section.claims]


BEGUN = (("Ada", KNOWN), ("Ada", SHORT))
