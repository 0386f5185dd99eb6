"""Metrics of grounding: whether what a user gets rests on what it names, claim by claim.

The values are counted by `evals.sections.grounding_*` over the texts, citations and certificates of real
replies, with code of their own: the product's verifier is asked only where it is itself what is measured.
"""

from collections.abc import Sequence

from evals.metrics.registry import Scored, scored_by

SECTION = "grounding"
SHOWN = 110
"""Characters of a claim that a reason shows."""


@scored_by(SECTION)
def citation_recall(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the statements of a reply and its memo that carry what they rest on: the markers of all
    passages behind them, or else a fact, a calculation or the decision by the certificate. A statement
    that no claim of the certificate accounts for carries nothing.

    Range: 0 to 1, higher is better; 1 where nothing is stated.
    Source: ours, after Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations"
    (citation recall), with lineage in the place of entailment.
    """
    return _share(among, wrong, "without lineage")


@scored_by(SECTION)
def citation_precision(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the markers [n] whose citation is the very passage and quote that the claim rests on, and
    shares a word of content or a figure with it.

    Range: 0 to 1, higher is better; 1 where no marker stands.
    Source: ours, after Gao et al. 2023 (citation precision), held against the certificate's evidence.
    """
    return _share(among, wrong, "points elsewhere")


@scored_by(SECTION, invariant=True)
def quote_valid(wrong: Sequence[str]) -> Scored:
    """Whether each citation's quote occurs word for word in its passage, and its publisher, interest, title,
    date, section and address are those of the registry.

    Range: 0 or 1; hard invariant.
    Source: ours; exact match, white space aside.
    """
    return _all(wrong)


@scored_by(SECTION, invariant=True)
def numeral_lineage(wrong: Sequence[str]) -> Scored:
    """Whether each numeral of the text stands in a passage, a fact or a calculation that its claim names.

    Range: 0 or 1; hard invariant.
    Source: ours; `evals.grounding.tracing`, written apart from the product's verifier.
    """
    return _all(wrong)


@scored_by(SECTION, invariant=True)
def verbatim_flag(wrong: Sequence[str]) -> Scored:
    """Whether a quote of a digest is marked as ours, and one of an ingested document as the publisher's.

    Range: 0 or 1; hard invariant.
    Source: ours.
    """
    return _all(wrong)


@scored_by(SECTION, invariant=True)
def citations_numbered(wrong: Sequence[str]) -> Scored:
    """Whether citations are numbered from 1 without a gap, each marker has one, and each one a marker.

    Range: 0 or 1; hard invariant.
    Source: ours.
    """
    return _all(wrong)


@scored_by(SECTION)
def interests_shown(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the cited publishers for whom the text shows what they sell.

    Range: 0 to 1, higher is better; 1 where nothing is cited.
    Source: ours.
    """
    return _share(among, wrong, "sells, not shown")


@scored_by(SECTION)
def disagreements_shown(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the positions in play, of all topics that touch the case, that the memo's text shows with
    their publisher and a marker.

    Range: 0 to 1, higher is better; 1 where the guides agree.
    Source: ours.
    """
    return _share(among, wrong, "not shown")


@scored_by(SECTION)
def memo_complete(among: int, wrong: Sequence[str]) -> Scored:
    """Share of what a memo owes its reader that its text shows: the first move, what ends it, what follows,
    the runner-up, each flip, each publisher left out, each assumption, the price, the kit.

    Range: 0 to 1, higher is better.
    Source: ours; what is owed follows from the certificate's decision.
    """
    return _share(among, wrong, "missing")


@scored_by(SECTION, invariant=True)
def memo_replay(wrong: Sequence[str]) -> Scored:
    """Whether a memo's certificate replays to the same decision.

    Range: 0 or 1; hard invariant.
    Source: ours; `advisor.policy.certificate.differences`.
    """
    return _all(wrong)


@scored_by(SECTION, invariant=True)
def tampering_seen(wrong: Sequence[str]) -> Scored:
    """Whether a replay names each change made to a certificate afterwards.

    Range: 0 or 1; hard invariant.
    Source: ours.
    """
    return _all(wrong)


@scored_by(SECTION)
def declines_outside(covered: bool | None, kind: str, presented: Sequence[str]) -> Scored:
    """Whether a question outside the guides gets no answer: declined, or said to be not covered, and no
    figure without a citation.

    Range: 0 or 1.
    Source: ours; false answers as in selective question answering (Kamath et al. 2020).
    """
    if presented:
        return Scored(0.0, f"shows {presented[0]} without a citation")
    if kind == "declined" or covered is False:
        return Scored(1.0)
    return Scored(0.0, "answered, though the guides do not cover it")


@scored_by(SECTION)
def covers_inside(covered: bool | None) -> Scored:
    """Whether a question that the guides cover is answered from them.

    Range: 0 or 1.
    Source: ours; the counterpart of declines_outside.
    """
    return Scored(1.0) if covered else Scored(0.0, "not answered, though the guides cover it")


@scored_by(SECTION)
def wrong_claim_refused(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the wrong claims, each made from a correct one by a single change, that the verifier refuses.

    Range: 0 to 1, higher is better.
    Source: ours; mutation score (DeMillo, Lipton, Sayward 1978).
    """
    return _share(among, wrong, "let through")


@scored_by(SECTION)
def right_claim_passes(among: int, wrong: Sequence[str]) -> Scored:
    """Share of the correct claims that the verifier lets stand.

    Range: 0 to 1, higher is better.
    Source: ours.
    """
    return _share(among, wrong, "refused")


def _share(among: int, wrong: Sequence[str], what: str) -> Scored:
    if not wrong:
        return Scored(1.0)
    return Scored(max(0.0, 1 - len(wrong) / max(among, 1)), f"{what}: {_told(wrong)}")


def _all(wrong: Sequence[str]) -> Scored:
    return Scored(0.0, _told(wrong)) if wrong else Scored(1.0)


def _told(wrong: Sequence[str]) -> str:
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"{wrong[0][:SHOWN]}{more}"
