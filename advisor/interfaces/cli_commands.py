"""The commands that are one call to the advisor and one answer."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from advisor.errors import BadCertificate, InputError
from advisor.interfaces.cli_checks import home
from advisor.interfaces.cli_errors import DONE, NO, UsageFault
from advisor.interfaces.cli_output import Screen, is_terminal, printable
from advisor.interfaces.cli_show import show_explanation, show_hits
from advisor.interfaces.cli_turn import say
from advisor.interfaces.documents.formats import FORMATS, render
from advisor.interfaces.file_output import write_whole
from advisor.policy.certificate import SCHEMA, differences
from advisor.settings import load_settings

if TYPE_CHECKING:
    from advisor.assembly import Advisor

LARGEST_CERTIFICATE = 50_000_000
"""Bytes; a memo has some 100,000."""


def ask(message: str, thread: str, screen: Screen) -> int:
    """One message, one reply."""
    text = sys.stdin.read() if message == "-" and sys.stdin else message
    home(load_settings(), least=0)  # a full disk is told as such before SQLite meets it
    with opened(screen) as advisor:
        if screen.as_json:
            reply = advisor.reply_sync(thread, as_text(text))
            screen.json(reply.model_dump(mode="json"))
        else:
            reply = say(advisor, thread, as_text(text), screen)
    screen.notice(f"Conversation {thread}: go on with `advisor ask --thread {thread} …`.")
    return NO if reply.kind == "declined" else DONE


def memo(thread: str, form: str | None, output: Path | None, screen: Screen) -> int:
    """The last memo of a conversation, to a file or to stdout."""
    chosen = _format(form, output, screen.as_json)
    to_stdout = output is None or str(output) == "-"
    if to_stdout and FORMATS[chosen].binary and is_terminal(sys.stdout):
        raise UsageFault(f"A memo as {chosen} is no text for a terminal.", f"Name a file: -o memo.{chosen}")
    with opened(screen) as advisor:
        found = advisor.memo(as_text(thread))
    if found is None:
        raise InputError(
            f"The conversation {thread!r} has no memo yet.",
            f'Ask for it: `advisor ask --thread {thread} "Give me the memo now."`',
        )
    content = render(found, chosen)
    if to_stdout:
        _to_stdout(content)
        return DONE
    assert output is not None
    write_whole(output, content)
    if screen.as_json:
        screen.json({"thread": thread, "format": chosen, "path": str(output)})
    else:
        screen.line(f"{output} written.")
    return DONE


def _format(form: str | None, output: Path | None, as_json: bool) -> str:
    ending = output.suffix.lstrip(".").lower() if output else ""
    if form is None:
        form = ending if ending in FORMATS else "json" if as_json else "md"
    if form not in FORMATS:
        raise UsageFault(f"There is no format {form!r}.", f"Available are {', '.join(FORMATS)}.")
    if as_json and output is None and form != "json":
        raise UsageFault(f"--json prints the memo as JSON, not as {form}.", "Leave one out, or add -o.")
    return form


def _to_stdout(content: bytes) -> None:
    """As it is, where there is a stream of bytes; what stands in for stdout may take text alone."""
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(content.decode("utf-8"))
        return
    sys.stdout.flush()
    raw.write(content)
    raw.flush()


def explain(thread: str, screen: Screen) -> int:
    """Why the first move leads, on what is known now."""
    with opened(screen) as advisor:
        decision = advisor.explain(as_text(thread))
    from advisor.assembly import builtin_rulebook

    if screen.as_json:
        screen.json(decision.model_dump(mode="json"))
    else:
        show_explanation(decision, builtin_rulebook(), screen)
    return DONE


def replay(path: Path, screen: Screen) -> int:
    """The decision of a certificate once more, without an index and without a model."""
    certificate = _certificate(path)
    from advisor.assembly import builtin_corpus, builtin_rulebook

    try:
        found = differences(certificate, builtin_rulebook(), builtin_corpus().hash)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCertificate(
            f"{path} begins as a certificate, but parts are missing or unreadable.",
            "Write it again with `advisor memo THREAD --format json -o FILE`.",
        ) from error
    if screen.as_json:
        screen.json({"identical": not found, "differences": found})
    elif not found:
        screen.line("identical")
    else:
        for difference in found:
            screen.line(difference)
    return NO if found else DONE


def _certificate(path: Path) -> dict[str, Any]:
    try:
        if path.is_file() and path.stat().st_size > LARGEST_CERTIFICATE:
            raise BadCertificate(f"{path} is too large to be a certificate.", "Give a certificate or a memo.")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadCertificate(f"{path} can't be read ({reason}).", "Check the path.") from error
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        held = cast(dict[str, Any], value)
        for one in (held, held.get("certificate")):
            if isinstance(one, dict) and cast(dict[str, Any], one).get("schema") == SCHEMA:
                return cast(dict[str, Any], one)
    raise BadCertificate(
        f"{path} is not a certificate of the advisor.",
        "Write one with `advisor memo THREAD --format json -o FILE`.",
    )


def search(query: str, k: int, collection: str | None, sources: list[str], screen: Screen) -> int:
    """The passages that fit best."""
    if collection is not None and sources:
        raise UsageFault("--collection and --source can't be given together.", "Leave one out.")
    with opened(screen) as advisor:
        _check_known(collection, sources)
        hits = advisor.search(as_text(query), k, collection or sources or None)
    if screen.as_json:
        screen.json([hit.model_dump(mode="json") for hit in hits])
    else:
        show_hits(hits, screen)
    return DONE


def _check_known(collection: str | None, sources: list[str]) -> None:
    """A misspelt name would find nothing and look like an answer."""
    from ingest.generations import collections
    from ingest.manifest import read_manifest

    found = collections(load_settings().index)
    if collection is not None and collection not in (names := [each.name for each in found]):
        raise InputError(f"There is no collection {collection!r}.", f"Known are {', '.join(names)}.")
    known = [name for each in found for name in read_manifest(each.opened()).sources] if sources else []
    for source in sources:
        if source not in known:
            raise InputError(f"There is no source {source!r}.", f"Known are {', '.join(known[:20])}.")


def threads(screen: Screen) -> int:
    """The names of all conversations; of those held in the browser also what they are called, and whose."""
    with opened(screen) as advisor:
        names = advisor.threads()
        listed = {name: advisor.directory.find(name) for name in names}
    if screen.as_json:
        screen.json(names)
    elif not names:
        screen.notice("There are no conversations yet.")
    else:
        for name, found in listed.items():
            screen.line(name if found is None else f"{name}  {printable(found.title)} ({found.owner})")
    return DONE


def forget(thread: str, screen: Screen) -> int:
    """Deletes a conversation."""
    with opened(screen) as advisor:
        advisor.forget(as_text(thread))
    if screen.as_json:
        screen.json({"forgotten": thread})
    else:
        screen.line(f"{thread} is forgotten, with its memos.")
    return DONE


def as_text(argument: str) -> str:
    """A command line's argument may hold bytes that are no text; here they are question marks."""
    return argument.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def opened(screen: Screen) -> "Iterator[Advisor]":
    """The advisor of the settings, closed in the end; loading it is shown."""
    with screen.working("Loading the guides") as told:
        # Here and not above: a command line that is refused should not wait for the graph to load.
        from advisor.assembly import Advisor

        advisor = Advisor.open(progress=told)
    try:
        yield advisor
    finally:
        advisor.close()
