"""How numbers are written: so many digits that two that differ look different, and columns line up."""

import math

MINUS = "−"


def shown(value: float, share: bool = True) -> str:
    """A value. `share`: it lies between 0 and 1, so three decimals."""
    return _signed(f"{value:.3f}" if share else _significant(value))


def changed(value: float, beside: float, share: bool = True) -> str:
    """A difference with its sign and the decimals of the value `beside` it; "0" where there is none."""
    text = f"{abs(value):.{3 if share else _decimals(beside)}f}"
    if float(text) == 0 and value:
        text = f"{abs(value):.1g}" if abs(value) > 1e-6 else "0"
    if not value or text == "0":
        return "0"
    return ("+" if value > 0 else MINUS) + text


def interval(low: float, high: float, share: bool = True, decimals: int = 3) -> str:
    """An interval, "0.912–0.958"."""
    if share:
        return f"{_signed(f'{low:.{decimals}f}')}–{_signed(f'{high:.{decimals}f}')}"
    return f"{_signed(_significant(low))}–{_signed(_significant(high))}"


def bound(value: float) -> str:
    """A floor or an allowed drop, as it was set: "0.93"."""
    return _signed(f"{value:,.6g}")


def chance(p: float) -> str:
    """A p value; one below 0.001 is only said to be below."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def seconds(value: float) -> str:
    """A duration: "3.4 s", "2 min 05 s"."""
    if value < 99.95:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s"


def count(number: int, one: str, several: str = "") -> str:
    """ "1 case", "1,532 cases"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _significant(value: float) -> str:
    return f"{value:,.{_decimals(value)}f}" if math.isfinite(value) else f"{value:g}"


def _decimals(value: float) -> int:
    """So many that three digits tell; four at most."""
    if not value or not math.isfinite(value):
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 4)


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
