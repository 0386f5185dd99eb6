"""The `advisor` command: what can be said to it, and nothing else.

Each command's work is imported when it runs, so that help costs nothing but itself.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from advisor import __version__
from advisor.interfaces.cli_errors import guarded, quiet
from advisor.interfaces.cli_output import Screen

HELP = "Whom to hire for AI work, if anyone: a cited, rule-based answer that says what would change it."

# Help in plain text: drawing it with rich takes three times as long as all the rest together.
app = typer.Typer(help=HELP, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, everything else on stderr.")]
Thread = Annotated[str, typer.Argument(metavar="THREAD", help="Name of the conversation.")]
MaybeThread = Annotated[
    str | None, typer.Option("--thread", metavar="NAME", help="Conversation to go on with, or its new name.")
]


@app.callback(invoke_without_command=True)
def advisor(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
) -> None:
    """Whom to hire for AI work, if anyone: a cited, rule-based answer that says what would change it."""
    if version:
        Screen().line(f"advisor {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        Screen().line(context.get_help())
        raise typer.Exit
    quiet()


@app.command()
def chat(thread: MaybeThread = None, as_json: AsJson = False) -> None:
    """Talk with the advisor in this terminal."""
    from advisor.interfaces import cli_chat
    from advisor.interfaces.thread_names import named

    _end(cli_chat.chat(named(thread), thread is not None, Screen(as_json)))


@app.command()
def ask(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="What you want to say; - reads stdin.")],
    thread: MaybeThread = None,
    as_json: AsJson = False,
) -> None:
    """Say one thing and get one reply. Exits with 1 when the message was declined."""
    from advisor.interfaces import cli_commands
    from advisor.interfaces.thread_names import named

    _end(cli_commands.ask(message, named(thread), Screen(as_json)))


@app.command()
def memo(
    thread: Thread,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="md|html|pdf|docx|json", help="Form of the memo; that of the file, or md."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="File to write; stdout if not said, or -."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the last memo of a conversation, or write it to a file."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.memo(thread, form, output, Screen(as_json)))


@app.command()
def explain(thread: Thread, as_json: AsJson = False) -> None:
    """Show why a move leads: rules fired, scores, what would change it."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.explain(thread, Screen(as_json)))


@app.command()
def replay(
    certificate: Annotated[
        Path, typer.Argument(metavar="CERTIFICATE.json", help="Certificate, or memo as JSON.")
    ],
    as_json: AsJson = False,
) -> None:
    """Recompute a memo's decision: exits with 0 when identical, 1 when it differs."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.replay(certificate, Screen(as_json)))


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")],
    collection: Annotated[
        str, typer.Option("--collection", metavar="NAME", help="Collection to bring them into.")
    ] = "documents",
    as_json: AsJson = False,
) -> None:
    """Bring documents in. Exits with 1 when a file was refused; the others are in."""
    from advisor.interfaces import cli_ingest

    _end(cli_ingest.ingest(paths, collection, Screen(as_json)))


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a question.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="NAME", help="Search this collection alone.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Search this source; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages that fit best."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.search(query, k, collection, source or [], Screen(as_json)))


@app.command()
def threads(as_json: AsJson = False) -> None:
    """List the conversations."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.threads(Screen(as_json)))


@app.command()
def usage(
    thread: Annotated[
        str | None, typer.Argument(metavar="THREAD", help="One conversation; all if not said.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="thread|turn|model|day|purpose",
            help="What a row stands for; thread if not said, turn for one conversation.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what language models were asked and what that cost."""
    from advisor.interfaces import cli_usage

    _end(cli_usage.usage(thread, by, Screen(as_json)))


@app.command("export-case")
def export_case(
    thread: Thread,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="File to write; stdout if not said, or -."),
    ] = None,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Leave the names of people and firms as they are.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a case for the evals of a conversation, private data replaced."""
    from advisor.interfaces import cli_export

    _end(cli_export.export_case(thread, output, keep_names, Screen(as_json)))


@app.command()
def forget(thread: Thread, as_json: AsJson = False) -> None:
    """Delete a conversation and its memos."""
    from advisor.interfaces import cli_commands

    _end(cli_commands.forget(thread, Screen(as_json)))


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Port; the first free one from 8000 on if not said."),
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve the web chat. Off this machine it needs sign-in: see `advisor password`."""
    from advisor.interfaces.web import serving

    _end(serving.serve(host, port, browser, Screen(as_json)))


@app.command()
def slack(
    http: Annotated[
        bool, typer.Option("--http", help="Listen for Slack's requests instead of opening a socket to it.")
    ] = False,
    host: Annotated[str, typer.Option("--host", help="With --http: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="With --http: port.")] = 3000,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the manifest to create the Slack app with, and leave.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option("--url", help="With --manifest: public address of the server, for --http."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the Slack bot. `advisor slack --manifest` prints what to create the app with."""
    from advisor.interfaces.slack import serving

    if manifest:
        _end(serving.show_manifest(url, Screen(as_json)))
    _end(serving.serve(http, host, port, Screen(as_json)))


@app.command()
def password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who signs in.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take this person out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let someone sign in to the web chat: asks for the password, or reads it from stdin."""
    from advisor.interfaces import cli_password

    _end(cli_password.password(name, remove, Screen(as_json)))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check that everything works. Exits with 1 when something does not."""
    from advisor.interfaces import cli_doctor

    _end(cli_doctor.doctor(Screen(as_json)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and leaves with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    sys.exit(guarded(lambda: app(given, prog_name="advisor", standalone_mode=False), "advisor", as_json))


def _end(code: int) -> None:
    raise typer.Exit(code)
