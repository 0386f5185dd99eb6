"""How a command ends: its exit code, and one sentence instead of a traceback.

0 done · 1 an error with a remedy, or a result that says no · 2 the command line or a file is not what
the command takes · 70 an error of the advisor's own · 130 stopped by Ctrl-C.
"""

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import typer

from advisor.errors import AdvisorError, BadCertificate, InputError
from advisor.interfaces.cli_output import Screen, is_terminal, printable

DONE, NO, USAGE, OWN_ERROR, STOPPED = 0, 1, 2, 70, 130


class UsageFault(InputError):
    """The command line asks for something that this command can't do."""


def guarded(call: Callable[[], int | None], command: str, as_json: bool) -> int:
    """Runs a command and returns its exit code; whatever it raises is told in a sentence."""
    _calm_the_streams()
    try:
        code = call() or DONE
        sys.stdout.flush()
    except AdvisorError as error:
        tell(error.message, error.remedy, as_json)
        return USAGE if isinstance(error, UsageFault | BadCertificate) else NO
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else command
        tell(_sentence(error.format_message()), f"See `{path} --help`.", as_json)
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        _drop_stdout()
        return NO
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else NO
    except BaseException as error:  # noqa: BLE001 - the face: a native library's panic is no Exception
        _tell_own_error(error, as_json)
        return OWN_ERROR
    if code == STOPPED:
        Screen(as_json).notice("Stopped; what was kept before is whole.")
    return code


def tell(message: str, remedy: str, as_json: bool) -> None:
    """An error and what to do about it, in one line; as JSON on stdout where that was asked for."""
    try:
        if as_json:
            sys.stdout.write(json.dumps({"error": message, "remedy": remedy}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            sys.stdout.flush()
            Screen().notice(" ".join(f"{message} {remedy}".split()))
    except (OSError, ValueError):
        _drop_stdout()


def quiet() -> None:
    """Keeps what libraries log, warn or raise in threads of theirs away from the user."""
    import logging
    import threading
    import warnings

    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    threading.excepthook = lambda args: _note(args.exc_value)
    sys.unraisablehook = lambda args: _note(args.exc_value)


def write_log(error: BaseException) -> Path | None:
    """Keeps where an unexpected error arose; the file, or None when none can be written.

    Neither the words of the error nor any value goes in: they may hold what a user typed, or a key.
    """
    import datetime as dt

    from advisor import __version__
    from advisor.settings import load_settings

    try:
        folder = load_settings().home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        now = dt.datetime.now(dt.UTC)
        file = folder / f"error-{now:%Y%m%dT%H%M%S-%f}.log"
        head = f"{now.isoformat()} · advisor {__version__} · Python {sys.version.split()[0]} · {sys.platform}"
        file.write_text("\n".join([head, *_traceback(error), ""]), encoding="utf-8")
    except (AdvisorError, OSError):
        return None
    return file


def _tell_own_error(error: BaseException, as_json: bool) -> None:
    file = write_log(error)
    kind = type(error).__name__
    where = f"details are in {file}, without any text of yours" if file else "details could not be written"
    message = f"The advisor met an error of its own ({kind}); {where}."
    tell(message, "Try again; if it stays so, report it with that file and run `advisor doctor`.", as_json)


def _note(error: BaseException | None) -> None:
    if error is not None:
        write_log(error)


def _traceback(error: BaseException | None) -> list[str]:
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        number = f" [errno {error.errno}]" if isinstance(error, OSError) else ""
        lines += [
            f"{type(error).__module__}.{type(error).__qualname__}{number}",
            *_frames(error.__traceback__),
        ]
        error = error.__cause__ or error.__context__
    return lines


def _frames(traceback: TracebackType | None) -> list[str]:
    import traceback as format_of

    return [f"  {f.filename}:{f.lineno} in {f.name}: {f.line}" for f in format_of.extract_tb(traceback)]


def _sentence(text: str) -> str:
    text = printable(" ".join(text.split()))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _calm_the_streams() -> None:
    """A terminal or locale that lacks a character shows a mark instead of failing."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    if sys.stdout is None:  # closed by the caller: nobody reads, nothing to fail for
        _drop_stdout()


def _drop_stdout() -> None:
    import os

    if sys.stdout is not None and not is_terminal(sys.stdout):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
