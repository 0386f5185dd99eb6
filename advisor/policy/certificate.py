"""The certificate: everything a recommendation rests on, as JSON, and its recomputation.

Each entry carries a seal, the SHA-256 of its canonical JSON. `differences` recomputes the decision
from the certificate's own facts, date and closed questions with the rulebook at hand, needs no model
and no index, and names every entry that was changed or comes out otherwise. A seal guards against
accident and careless editing, not against someone who recomputes the seals as well; such a forgery
shows in the recomputed decision and in the quotes.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.decision import Line, Recommendation
from advisor.domain.evidence import Passage
from advisor.domain.facts import Fact
from advisor.domain.memo import Claim, Draft, PassageEvidence
from advisor.domain.vocabulary import FactKey
from advisor.policy.decide import decide
from advisor.policy.rulebook import Rulebook

SCHEMA = "hiring-advisor-certificate/1"

Json = dict[str, JsonValue]

DECIDED = (
    "first",
    "notes",
    "then",
    "alternatives",
    "score",
    "runner_up",
    "margin",
    "confidence",
    "rules_fired",
    "flips",
    "flips_of_two",
    "assumptions",
    "interests",
    "without",
    "chance_of_change",
    "calculation",
    "costs",
)
"""The parts of a recommendation that a replay compares, each under its own name."""


def issue(
    rulebook: Rulebook,
    corpus_hash: str,
    facts: Mapping[FactKey, Fact],
    closed: Iterable[FactKey],
    recommendation: Recommendation,
    draft: Draft,
    passages: Mapping[str, Passage],
    kit_lines: Iterable[Line] = (),
) -> Json:
    """The certificate of a verified memo. `kit_lines` are the lines that the kit's claims rest on."""
    claims = list(_claims(draft))
    cited = {str(e["passage"]) for c in claims for e in cast(list[Json], c["evidence"]) if "passage" in e}
    decided = recommendation.model_dump(mode="json")
    body: Json = {
        "schema": SCHEMA,
        "playbook": rulebook.hash,
        "corpus": corpus_hash,
        "date": recommendation.date,
        "facts": {key: fact.model_dump(mode="json", exclude={"history"}) for key, fact in facts.items()},
        "closed": list(closed),
        "decision": {part: decided[part] for part in DECIDED},
        "kit_lines": [line.model_dump(mode="json") for line in kit_lines],
        "claims": cast(list[JsonValue], claims),
        "passages": {key: passages[key].text for key in sorted(cited) if key in passages},
    }
    return {**body, "seals": cast(JsonValue, _seals(body))}


def differences(certificate: Json, rulebook: Rulebook, corpus_hash: str) -> list[str]:
    """What is no longer as issued, one line each; empty when everything is identical.

    Raises ValueError, KeyError, TypeError or AttributeError when this is not a certificate at all.
    """
    if certificate.get("schema") != SCHEMA:
        raise ValueError("schema")
    found: list[str] = []
    body: Json = {key: value for key, value in certificate.items() if key != "seals"}
    found += _broken_seals(body, cast(dict[str, str], certificate["seals"]))
    if certificate["playbook"] != rulebook.hash:
        found.append(f"playbook: issued with {_short(certificate['playbook'])}, here is {rulebook.hash[:12]}")
    if certificate["corpus"] != corpus_hash:
        found.append(f"corpus: issued with {_short(certificate['corpus'])}, here is {corpus_hash[:12]}")
    try:
        found += _recomputed(certificate, rulebook)
        found += _quotes(certificate, rulebook.passages)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # A changed entry can be one that nothing could be decided from; the broken seals name it.
        if not found:
            raise
        found.append(f"the decision can't be recomputed: {error}")
    return list(dict.fromkeys(found))


def _claims(draft: Draft) -> Iterable[Json]:
    for section in draft.sections:
        rows = section.table.rows if section.table else ()
        in_rows = [Claim(text=" | ".join(cells), evidence=evidence) for cells, evidence in rows]
        for claim in (*section.claims, *in_rows):
            evidence: list[JsonValue] = []
            for one in claim.evidence:
                dumped: Json = one.model_dump(mode="json")
                evidence.append(dumped)
            yield {"section": section.id, "text": claim.text, "evidence": evidence}


def _entries(body: Json) -> Iterable[tuple[str, JsonValue]]:
    """Every entry under a name a reader knows: each fact, each rule, each claim, the rest whole."""
    for key, value in body.items():
        if key == "facts" or key == "passages":
            for name, entry in cast(Json, value).items():
                yield f"{key[:-1]} {name}", entry
        elif key == "claims":
            for number, claim in enumerate(cast(list[Json], value), start=1):
                yield f"claim {number}", claim
        elif key == "decision":
            for part, entry in cast(Json, value).items():
                if part == "rules_fired":
                    for rule in cast(list[Json], entry):
                        yield f"rule {rule['id']}", rule
                else:
                    yield part, entry
        else:
            yield key, value


def _seal(entry: JsonValue) -> str:
    text = json.dumps(_plain(entry), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(entry: JsonValue) -> JsonValue:
    """Numbers as every JSON writer would give them back: 17100.0 and 17100 are the same."""
    if isinstance(entry, float) and entry.is_integer():
        return int(entry)
    if isinstance(entry, list):
        return [_plain(one) for one in entry]
    if isinstance(entry, dict):
        return {key: _plain(one) for key, one in entry.items()}
    return entry


def _seals(body: Json) -> dict[str, str]:
    return {name: _seal(entry) for name, entry in _entries(body)}


def _broken_seals(body: Json, seals: Mapping[str, str]) -> Iterable[str]:
    now = _seals(body)
    for name in seals:
        if name not in now:
            yield f"{name}: was removed"
    for name, seal in now.items():
        if name not in seals:
            yield f"{name}: was added"
        elif seals[name] != seal:
            yield f"{name}: was changed since it was issued"


def _recomputed(certificate: Json, rulebook: Rulebook) -> Iterable[str]:
    facts = {k: Fact.model_validate(v) for k, v in cast(Json, certificate["facts"]).items()}
    case = Case.of({key: fact.value for key, fact in facts.items()})
    today = dt.date.fromisoformat(cast(str, certificate["date"]))
    closed = cast(list[FactKey], certificate["closed"])
    again = decide(rulebook, case, today, closed).model_dump(mode="json")
    issued = cast(Json, certificate["decision"])
    for part in DECIDED:
        if _plain(issued.get(part)) == _plain(again[part]):
            continue
        if part == "first":
            was, now = cast(Json, issued["first"]), cast(Json, again["first"])
            yield f"first move: issued as {was.get('id')}, recomputed as {now['id']}"
        elif part == "rules_fired":
            yield from _rules(cast(list[Json], issued[part]), cast(list[Json], again[part]))
        else:
            yield f"{part}: recomputes to something else"


def _rules(issued: list[Json], again: list[Json]) -> Iterable[str]:
    then, now = ({str(rule["id"]): rule for rule in rules} for rules in (issued, again))
    names = [str(rule["id"]) for rule in issued]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"rule {name}: stands there more than once"
    if len(then) == len(names) and names != [n for n in (str(r["id"]) for r in again) if n in then]:
        yield "rules_fired: stand in another order"
    for name in dict.fromkeys((*then, *now)):
        if name not in now:
            yield f"rule {name}: does not fire any more"
        elif name not in then:
            yield f"rule {name}: fires now and did not"
        elif then[name].get("weights") != now[name]["weights"]:
            yield f"rule {name}: weights were {then[name].get('weights')}, are {now[name]['weights']}"
        elif _plain(then[name]) != _plain(now[name]):
            yield f"rule {name}: differs"


def _quotes(certificate: Json, passages: Mapping[str, Passage]) -> Iterable[str]:
    kept = cast(dict[str, str], certificate["passages"])
    for number, claim in enumerate(cast(list[Json], certificate["claims"]), start=1):
        for entry in cast(list[Json], claim["evidence"]):
            if entry.get("kind") != "passage":
                continue
            evidence = PassageEvidence.model_validate(entry)
            # A built-in passage is looked up; one the user ingested stands in the certificate itself.
            passage = passages.get(evidence.passage)
            text = passage.text if passage else kept.get(evidence.passage)
            if text is None:
                yield f"claim {number}: cites {evidence.passage}, which is not known here"
            elif " ".join(evidence.quote.split()) not in " ".join(text.split()):
                yield f"claim {number}: its quote does not occur in {evidence.passage}"


def _short(value: JsonValue) -> str:
    return str(value)[:12]
