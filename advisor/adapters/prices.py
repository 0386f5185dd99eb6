"""What a call of a language model cost: its tokens at the list price of its day, or nothing known.

A price is a dated row with a source. A model or a day without a row has no price, never the nearest one.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from advisor.errors import PlaybookError
from advisor.ports.usage import ModelCall

MILLION = 1_000_000
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class Price(BaseModel):
    """A model's list price from a day on, UTC, USD per million tokens. `checked`: last shown by `source`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    model: str = Field(min_length=1)
    since: dt.date = Field(alias="from")
    until: dt.date | None = None
    input_usd_per_million: float = Field(ge=0, allow_inf_nan=False, strict=True)
    cached_input_usd_per_million: float | None = Field(default=None, ge=0, allow_inf_nan=False, strict=True)
    output_usd_per_million: float = Field(ge=0, allow_inf_nan=False, strict=True)
    source: str = Field(min_length=1)
    checked: dt.date

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Price":
        if self.until is not None and self.until < self.since:
            raise ValueError("it ends before it begins")
        return self


def load_prices(text: str, name: str = "prices.yaml") -> tuple[Price, ...]:
    """The rows of a file of prices. Raises PlaybookError naming the row that is wrong."""
    try:
        content: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = str(getattr(error, "problem_mark", "")).strip()
        raise PlaybookError(f"{name} is not valid YAML {place}.", "Mend the file.") from error
    rows: object = content.get("prices") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise PlaybookError(f"{name} has no list called prices.", "Begin it with `prices:`, then a row each.")
    prices = tuple(_price(row, f"{name}, row {number}") for number, row in enumerate(rows, start=1))
    for (model, since), times in Counter((price.model, price.since) for price in prices).items():
        if times > 1:
            raise PlaybookError(f"{name} has {times} prices of {model} from {since}.", "Leave one.")
    return prices


def _price(row: object, where: str) -> Price:
    try:
        return Price.model_validate(row)
    except ValidationError as error:
        model = row.get("model") if isinstance(row, dict) else None
        named = f"{where} ({model})" if model else where
        first = error.errors()[0]
        field = "".join(f"{part}: " for part in first["loc"])
        raise PlaybookError(f"{named} is not a price: {field}{first['msg']}.", "Mend that row.") from error


@cache
def known_prices() -> tuple[Price, ...]:
    """The prices that come with the package."""
    return load_prices(files("advisor.adapters").joinpath("prices.yaml").read_text(encoding="utf-8"))


def price_of(call: ModelCall, prices: Sequence[Price]) -> Price | None:
    """The row that holds for a call: of its model, else of the model that its snapshot is of."""
    day = call.started.astimezone(dt.UTC).date()
    own = [price for price in prices if price.model == call.model]
    rows = own or [price for price in prices if price.model == _SNAPSHOT.sub("", call.model)]
    latest = max((row for row in rows if row.since <= day), key=lambda row: row.since, default=None)
    if latest is None or (latest.until is not None and latest.until < day):
        return None
    return latest


def cost(call: ModelCall, prices: Sequence[Price]) -> float | None:
    """USD of one call: tokens x price; None without a price, or where the endpoint told no tokens.

    A prompt's cached tokens are charged at their own price; none told counts as none cached.
    """
    price = price_of(call, prices)
    if price is None or call.prompt_tokens is None or call.completion_tokens is None:
        return None
    cached = min(call.cached_tokens or 0, call.prompt_tokens)
    cached_price = price.cached_input_usd_per_million
    if cached_price is None:
        cached_price = price.input_usd_per_million
    return (
        (call.prompt_tokens - cached) * price.input_usd_per_million
        + cached * cached_price
        + call.completion_tokens * price.output_usd_per_million
    ) / MILLION
