"""Errors of the server and its libraries, kept without their words: those may hold what a user typed."""

import logging

from advisor.interfaces.cli_errors import write_log

LOUD = ("chainlit", "uvicorn", "uvicorn.error", "uvicorn.asgi", "engineio", "engineio.server", "socketio")


class WordlessHandler(logging.Handler):
    """Keeps where an error arose, as the command line does; prints nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            write_log(record.exc_info[1])


def keep_wordless() -> None:
    """To be called once Chainlit is imported, which sets up a log of its own."""
    logging.getLogger().handlers[:] = [WordlessHandler(logging.ERROR)]
    for name in LOUD:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.ERROR)
