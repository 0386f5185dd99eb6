"""Figures and guides made by hand, and the phrases that tell them."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from advisor.domain.evidence import Figure, Locator, Passage, Source
from advisor.steps.phrasebook import Phrasebook, load_phrasebook

PUBLISHERS = {"one": ("One", "books"), "two": ("Two", "agency builds"), "three": ("Three", "training")}


def made(name: str, **changes: Any) -> Figure:
    """A US base salary of a senior AI engineer, with these changes."""
    row: dict[str, Any] = {
        "id": name,
        "metric": "pay_salary",
        "low": 100_000,
        "high": 140_000,
        "currency": "USD",
        "unit": "money",
        "period": "year",
        "basis": "base",
        "role": "ai_engineer",
        "level": "senior",
        "region": "us",
        "label": "Senior AI engineer, base salary",
        "source_id": "one",
    } | changes
    row.setdefault("passage", f"{row['source_id']}/{name}/row-1")
    row.setdefault("quote", f"the figure of {name} in words")
    return Figure.model_validate(row)


def guide(*figures: Figure) -> tuple[dict[str, Passage], dict[str, Source]]:
    """A passage that says each figure, and the sources they stand in."""
    passages: dict[str, Passage] = {}
    for figure in figures:
        body = f"Here stands {figure.quote}, {figure.low} to {figure.high}."
        passages[figure.passage] = Passage(
            id=figure.passage,
            source_id=figure.source_id,
            text=body,
            body=body,
            locator=Locator(path="made.md", headings=("Made", "Here")),
            content_hash="",
        )
    sources = {
        key: Source(
            id=key,
            title=f"The guide of {publisher}",
            publisher=publisher,
            sells=sells,
            digest=True,
            favours=("agency",) if "agency" in sells else (),
        )
        for key, (publisher, sells) in PUBLISHERS.items()
    }
    return passages, sources


def packaged_phrases() -> Phrasebook:
    """Every packaged phrase, whichever file of prompts/ it stands in."""
    folder = files("advisor").joinpath("prompts")
    texts: Mapping[str, str] = {
        entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")
    }
    return load_phrasebook("prompts", "\n".join(texts.values()))
