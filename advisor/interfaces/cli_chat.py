"""The terminal conversation: a prompt at once, replies as they come, and a name to come back by.

The advisor opens in the background while the first message is typed, since its libraries take longer to
load than anyone wants to wait for a prompt. What would stop it is looked for before.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError, UnknownThread
from advisor.interfaces.cli_checks import before_the_prompt
from advisor.interfaces.cli_errors import DONE, NO, tell
from advisor.interfaces.cli_output import Screen, is_terminal, printable
from advisor.settings import Settings, load_settings

if TYPE_CHECKING:
    from advisor.assembly import Advisor
    from advisor.domain.reply import Question, Reply

OPENING = (
    "Hiring advisor: say what you want to do with AI, answer a few questions, and get a memo on whom to "
    "bring in, if anyone. Rules decide, and each claim names its source."
)
PROMPT = "You: "
MEMO_NOW = "Give me the memo now."
COMMANDS = {
    "/facts": "what is known so far",
    "/memo": "the memo now, with what it assumes",
    "/explain": "why this move leads",
    "/help": "these commands",
    "/quit": "leave; the conversation is kept",
}


def chat(thread: str, continued: bool, screen: Screen) -> int:
    """Talks until the user leaves; returns the exit code. `continued`: the user named the thread."""
    warm = before_the_prompt()
    show = screen.notice if screen.as_json else screen.line
    show(f"{OPENING} {connected(load_settings())}")
    show(f"Conversation {thread} · type /help for commands, or the number of a choice.")
    opening = Opening(screen)
    talk = Chat(thread, opening, screen)
    code: int | None = None  # None: an error is on its way, which the caller tells
    try:
        if not warm:
            opening.advisor()
        if continued:
            talk.come_back()
        code = talk.run()
        talk.say_goodbye()
    except KeyboardInterrupt:
        code = DONE
        talk.say_goodbye()
    finally:
        opening.leave(code)
    return code or DONE


def connected(settings: Settings) -> str:
    """Whether a language model is asked, and which; said before anything is sent to it."""
    if not settings.wants_model:
        return "No language model is connected: nothing leaves this machine."
    return f"The language model {settings.model_name} at {settings.base_url or 'OpenAI'} reads what you type."


class Opening:
    """The advisor, opened beside the conversation's first line."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._told: Callable[[str], None] | None = None
        self._message = ""
        self._future: Future[Advisor] = Future()
        self._busy = False
        threading.Thread(target=self._open, name="opening", daemon=True).start()

    def advisor(self) -> "Advisor":
        """The advisor, waited for. Raises what opening it raised."""
        if not self._future.done():
            with self._screen.working("Loading the guides") as self._told:
                if self._message:
                    self._told(self._message)
                self._future.exception()
        return self._future.result()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn is under way in the block; Ctrl-C leaves it so."""
        self._busy = True
        try:
            yield
        except Exception:
            self._busy = False
            raise
        self._busy = False

    def ready(self) -> "Advisor | None":
        """The advisor if it is open."""
        done = self._future.done() and self._future.exception() is None
        return self._future.result() if done else None

    def leave(self, code: int | None) -> None:
        """Closes what is open. While something still runs, ends the process instead of waiting for it.

        Whatever runs then was made to be cut short at any instant.
        """
        advisor = self.ready()
        if advisor is not None and not self._busy:
            advisor.close()
        elif code is not None and not (self._future.done() and advisor is None):
            sys.stdout.flush()
            os._exit(code)

    def _open(self) -> None:
        try:
            from advisor.assembly import Advisor

            if self._screen.rendered:
                import rich.markdown  # noqa: F401 - loaded while the user types
            self._future.set_result(Advisor.open(progress=self._tell))
        except BaseException as error:  # noqa: BLE001 - raised again where the conversation waits for it
            self._future.set_exception(error)

    def _tell(self, text: str) -> None:
        self._message = text
        if self._told is not None:
            self._told(text)


class Chat:
    """One conversation at the prompt."""

    def __init__(self, thread: str, opening: Opening, screen: Screen) -> None:
        self._thread = thread
        self._opening = opening
        self._screen = screen
        self._person = is_terminal(sys.stdin)
        self._spoken = False
        self._last: Reply | None = None
        if self._person:
            _edit_lines()

    def come_back(self) -> None:
        """Finishes what was cut short, and shows where the conversation stood."""
        advisor = self._opening.advisor()
        reply = advisor.resume_sync(self._thread)
        if reply is not None:
            self._note("Your last message was cut short; here is its reply.")
        else:
            try:
                reply = advisor.last_reply(self._thread)
            except UnknownThread:
                return
            self._note("You left off here.")
        if reply is not None:
            self._keep(reply)
            self._show_again(reply)

    def run(self) -> int:
        """Reads and answers until there is no more to read."""
        while True:
            text = self._read()
            if text is None or text == "/quit":
                return DONE
            if not text:
                self._note("Say what you want to do with AI, or /quit.")
                continue
            try:
                self._answer(text)
            except AdvisorError as error:
                tell(error.message, error.remedy, self._screen.as_json)
                # A person can mend it and say it again; a script can't.
                if not self._person or self._opening.ready() is None:
                    return NO

    def say_goodbye(self) -> None:
        """Names the conversation to come back to."""
        if self._spoken:
            words = f"Kept. Come back with: advisor chat --thread {_quoted(self._thread)}"
        else:
            words = "Nothing was said, so nothing is kept."
        self._note(words)

    def _answer(self, text: str) -> None:
        if text.startswith("/") and text.split()[0] in COMMANDS:
            text = text.split()[0]
        if text == "/help" or (text.startswith("/") and text not in COMMANDS):
            self._note("\n".join(f"{name:9} {does}" for name, does in COMMANDS.items()))
        elif text == "/facts":
            self._facts()
        elif text == "/explain":
            self._explain()
        else:
            self._turn(MEMO_NOW if text == "/memo" else text)

    def _turn(self, text: str) -> None:
        from advisor.interfaces.cli_turn import picked, say

        advisor = self._opening.advisor()
        text = picked(text, self._question)
        self._spoken = True
        with self._opening.turn():
            if self._screen.as_json:
                reply = advisor.reply_sync(self._thread, text)
                self._screen.json(reply.model_dump(mode="json"), indent=None)
            else:
                self._screen.line()
                reply = say(advisor, self._thread, text, self._screen)
                self._screen.line()
        self._keep(reply)

    @property
    def _question(self) -> "Question | None":
        return self._last.question if self._last else None

    def _keep(self, reply: "Reply") -> None:
        self._last = reply
        self._spoken = True

    def _show_again(self, reply: "Reply") -> None:
        from advisor.interfaces.cli_turn import show_reply

        if self._screen.as_json:
            self._screen.json(reply.model_dump(mode="json"), indent=None)
        else:
            self._screen.line()
            show_reply(reply, self._screen)
            self._screen.line()

    def _facts(self) -> None:
        facts = self._last.facts if self._last else {}
        if self._screen.as_json:
            self._screen.json({key: fact.model_dump(mode="json") for key, fact in facts.items()}, indent=None)
            return
        self._opening.advisor()
        from advisor.assembly import builtin_rulebook
        from advisor.interfaces.cli_show import show_facts

        show_facts(facts, builtin_rulebook(), self._screen)
        self._screen.line()

    def _explain(self) -> None:
        if not self._spoken:
            self._note("Nothing was said yet, so there is nothing to explain.")
            return
        decision = self._opening.advisor().explain(self._thread)
        if self._screen.as_json:
            self._screen.json(decision.model_dump(mode="json"), indent=None)
            return
        from advisor.assembly import builtin_rulebook
        from advisor.interfaces.cli_show import show_explanation

        show_explanation(decision, builtin_rulebook(), self._screen)
        self._screen.line()

    def _note(self, text: str) -> None:
        if self._screen.as_json:
            self._screen.notice(text)
        else:
            self._screen.line(text)

    def _read(self) -> str | None:
        """The next message, stripped; None at the end of input."""
        try:
            if self._screen.as_json:
                line = sys.stdin.readline() if sys.stdin else ""
                return line.strip() if line else None
            line = input(PROMPT)
        except (EOFError, KeyboardInterrupt, RuntimeError):  # RuntimeError: stdin was closed by the caller
            self._screen.line()
            return None
        if not self._person:
            self._screen.line(line)  # so that the output of a script reads as a conversation
        return line.strip()


def _edit_lines() -> None:
    """Arrow keys and history at the prompt; a text pasted with line breaks stays one message."""
    try:
        import readline
    except ImportError:
        return
    readline.parse_and_bind("set enable-bracketed-paste on")


def _quoted(thread: str) -> str:
    import shlex

    return shlex.quote(printable(thread))
