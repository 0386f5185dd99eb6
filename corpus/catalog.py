"""The catalog: registry of sources, typed figures and digests, read from packaged data and checked.

Loading fails loudly, naming file, row and fault. This module does not know whether a digest is faithful
to its guide, nor whether a figure is true: the checks in `evals` compare both with the originals.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, TypeVar, cast, get_args

import yaml
from pydantic import ValidationError

from advisor.domain.evidence import Figure, Passage, Source
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import ENGAGEMENTS, ROLES
from advisor.errors import CorpusError

Metric = Literal[
    "pay_salary",
    "pay_hourly",
    "pay_average",  # one headline number instead of a band
    "pay_example",
    "pay_adjustment",  # more or less than a band, in percent
    "budget_threshold",  # a budget one must have to compete
    "time_to_hire",
    "process_limit",  # a hiring process longer than this loses candidates
    "time_to_transition",  # from one profession to another
    "delivery_window",  # the span in which work has to be delivered
    "delivery_threshold",  # the deadline on whose other side the advice changes
    "pilot_length",
    "discovery_length",
    "detour_length",
    "elapsed_time",
    "demand_growth",  # of the market for a role, whoever is credited with the number
    "planning_horizon",
    "exercise_length",
    "experience_years",
    "offshore_saving",
    "offshore_cost_share",  # what remains of the cost at home, in percent
    "inference_saving",
    "saving",
    "scenario_number",  # a number inside an example or an interview scenario
    "score_scale",
    "score_threshold",
    "company_size",
    "item_count",
    "vendor_claim",  # what a vendor says of itself: shown as its claim, never advice
]
Unit = Literal[
    "money", "hours", "days", "weeks", "months", "years", "percent", "times", "people", "items", "points"
]
Period = Literal["year", "month", "week", "hour", "once"]
Level = Literal["entry", "junior", "mid", "senior", "staff", "specialist"]
Region = Literal["us", "uk", "india", "eastern_europe", "offshore"]
HiringStage = Literal[
    "posting", "sourcing", "first_contact", "offer", "acceptance", "notice_period_end", "start"
]

METRICS: tuple[Metric, ...] = get_args(Metric)
UNITS: tuple[Unit, ...] = get_args(Unit)
PERIODS: tuple[Period, ...] = get_args(Period)
LEVELS: tuple[Level, ...] = get_args(Level)
REGIONS: tuple[Region, ...] = get_args(Region)
HIRING_STAGES: tuple[HiringStage, ...] = get_args(HiringStage)

SOURCES = "sources.yaml"
FIGURES = "figures"
DIGESTS = "digests"

_CLOSED: dict[str, tuple[str, ...]] = {
    "metric": METRICS,
    "unit": UNITS,
    "period": PERIODS,
    "role": ROLES,
    "level": LEVELS,
    "region": REGIONS,
    "counts_from": HIRING_STAGES,
    "counts_to": HIRING_STAGES,
}

_Row = TypeVar("_Row", bound=Frozen)


def digest_files() -> dict[str, str]:
    """The packaged digests: source id → name for `read_text`, in order of id."""
    return _files(DIGESTS, ".md")


def figure_files() -> dict[str, str]:
    """The packaged figures, one file a source: source id → name for `read_text`, in order of id."""
    return _files(FIGURES, ".yaml")


def read_text(name: str) -> str:
    """A packaged data file as text, e.g. `sources.yaml`. CorpusError when it is not in the package."""
    try:
        return _data(name).read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as missing:
        raise CorpusError(
            f"The corpus has no file {name}.", "Reinstall the package, or name a file of the corpus."
        ) from missing


def load_sources(text: str) -> dict[str, Source]:
    """The registry by source id, in the file's order. CorpusError names the row and what is wrong."""
    sources: dict[str, Source] = {}
    for place, source in _rows(text, SOURCES, "sources", Source):
        if source.id in sources:
            raise _fault(place, "this id was used before", "Give each source its own id.")
        unknown = [name for name in source.favours if name not in ENGAGEMENTS and name not in ROLES]
        if unknown:
            raise _fault(
                place,
                f"favours names {', '.join(unknown)}, which is no engagement and no role",
                "Use the names of advisor/domain/vocabulary.py.",
            )
        sources[source.id] = source
    return sources


def check_digests(digests: Iterable[str], sources: Mapping[str, Source]) -> None:
    """Each digest (by source id) stands in the registry, and each source marked `digest` has its file.

    CorpusError for the first that does not.
    """
    present = set(digests)
    for source_id in sorted(present):
        if source_id not in sources or not sources[source_id].digest:
            raise CorpusError(
                f"{DIGESTS}/{source_id}.md: no source with this id and digest: true is registered.",
                f"Add it to {SOURCES}, or remove the file.",
            )
    for source in sources.values():
        if source.digest and source.id not in present:
            raise CorpusError(
                f"{SOURCES}, {source.id}: {DIGESTS}/{source.id}.md is missing.",
                "Write the digest, or set digest to false.",
            )


def load_figures(
    texts: Mapping[str, str], passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> tuple[Figure, ...]:
    """The figures of all files (name → text) in order, each tied to a passage that holds its quote.

    CorpusError names file and row and what is wrong with it.
    """
    figures: dict[str, Figure] = {}
    rows = (row for name, text in texts.items() for row in _rows(text, name, "figures", Figure))
    for place, figure in rows:
        if figure.id in figures:
            raise _fault(place, "this id was used before", "Give each figure its own id.")
        _check_terms(place, figure)
        _check_interval(place, figure)
        _check_money(place, figure)
        _check_lineage(place, figure, passages, sources)
        figures[figure.id] = figure
    return tuple(figures.values())


def _files(folder: str, ending: str) -> dict[str, str]:
    names = sorted(entry.name for entry in _data(folder).iterdir() if entry.name.endswith(ending))
    return {name.removesuffix(ending): f"{folder}/{name}" for name in names}


def _data(name: str) -> Traversable:
    return files(__package__ or "corpus").joinpath(*name.split("/"))


def _fault(place: str, wrong: str, remedy: str) -> CorpusError:
    return CorpusError(f"{place}: {wrong}.", remedy)


def _rows(text: str, file: str, key: str, kind: type[_Row]) -> Iterable[tuple[str, _Row]]:
    """Each row of the list under `key` as a typed value, with its place for messages."""
    for number, entry in enumerate(_entries(text, file, key), start=1):
        place = f"{file}, row {number}"
        if isinstance(entry, dict):
            place = f"{place} ({cast(dict[str, object], entry).get('id', 'no id')})"
        try:
            yield place, kind.model_validate(entry)
        except ValidationError as wrong:
            raise _fault(place, _explained(wrong), f"Correct the row in {file}.") from wrong


def _entries(text: str, file: str, key: str) -> list[object]:
    try:
        loaded: object = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise _fault(file, f"not readable as YAML ({wrong})", "Correct the file.") from wrong
    if isinstance(loaded, dict):
        document = cast(dict[str, object], loaded)
        entries = document.get(key)
        if set(document) == {key} and isinstance(entries, list):
            return cast(list[object], entries)
    raise _fault(file, f"the file must hold one list named {key}", f"Begin the file with `{key}:`.")


def _explained(wrong: ValidationError) -> str:
    """The faults of one row as a phrase, each with the field it is about."""
    parts: list[str] = []
    for fault in wrong.errors():
        field = ".".join(str(step) for step in fault["loc"]) or "row"
        said = {"extra_forbidden": "unknown field", "missing": "field is missing"}.get(
            fault["type"], fault["msg"]
        )
        parts.append(f"{field}: {said}")
    return "; ".join(parts)


def _check_terms(place: str, figure: Figure) -> None:
    values: dict[str, object] = figure.model_dump()
    for field, allowed in _CLOSED.items():
        value = values[field]
        if value is not None and value not in allowed:
            raise _fault(
                place, f"{field} {value!r} is not one of {', '.join(allowed)}", "Use a name of the list."
            )


def _check_interval(place: str, figure: Figure) -> None:
    if figure.low is None and figure.high is None:
        raise _fault(place, "neither low nor high is given", "Give the number, as low and high.")
    if figure.low is not None and figure.high is not None and figure.low > figure.high:
        raise _fault(place, f"low {figure.low} is above high {figure.high}", "Swap or correct the two.")
    if figure.low is not None and figure.high is None and not figure.open_ended:
        raise _fault(place, "high is missing and open_ended is false", "Give high, or set open_ended.")


def _check_money(place: str, figure: Figure) -> None:
    """Money says in which currency and per what time; nothing else has a currency."""
    is_money = figure.unit == "money"
    if is_money and (figure.currency is None or figure.period is None):
        raise _fault(place, "money needs currency and period", "Add them, e.g. USD and year.")
    if not is_money and figure.currency is not None:
        raise _fault(place, f"currency with unit {figure.unit}", "Use unit money, or drop the currency.")


def _check_lineage(
    place: str, figure: Figure, passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> None:
    if figure.source_id not in sources:
        raise _fault(place, f"no source {figure.source_id} is registered", f"Add it to {SOURCES}.")
    passage = passages.get(figure.passage)
    if passage is None:
        raise _fault(place, f"there is no passage {figure.passage}", "Name a passage of the digest.")
    if passage.source_id != figure.source_id:
        raise _fault(
            place, f"passage {figure.passage} belongs to {passage.source_id}", "Name a passage of its source."
        )
    if not _stands_in(figure.quote, passage.text):
        raise _fault(
            place,
            f"the quote “{figure.quote}” does not stand in {figure.passage}",
            "Copy the words from the digest exactly.",
        )


def _stands_in(quote: str, text: str) -> bool:
    """True for whole words only: “$1” does not stand in “$180K”."""
    whole = re.compile(rf"(?<!\w){re.escape(quote)}(?!\w)")
    return bool(quote.strip()) and whole.search(text) is not None
