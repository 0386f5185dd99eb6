"""A fault in one line, for findings and for the last words of a command. Loads nothing of the product."""


class Unprepared(Exception):
    """What was asked can't be done yet. The text says why and what to do."""


def told(error: BaseException) -> str:
    """What is wrong; for a fault that nobody foresaw also the place in the code."""
    said = " ".join(str(error).split())
    if isinstance(error, Unprepared) or _foreseen(error):
        return said
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f" ({trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {said[:300]}{place}"


def _foreseen(error: BaseException) -> bool:
    """Whether it is one of the product's own errors, which speak for themselves."""
    return any(kind.__name__ == "AdvisorError" for kind in type(error).__mro__)
