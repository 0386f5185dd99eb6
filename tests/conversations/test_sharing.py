"""One home, several advisors; turns that can't be run; what is forgotten is gone."""

import threading
from pathlib import Path

import pytest

from advisor.domain.commands import Reading
from advisor.errors import BadCertificate, ConversationsDamaged, InputError
from advisor.ports.language import ReadingContext
from advisor.testing.language import ScriptedLanguage
from tests.conversations.scripts import SCRIPT, local_language, open_scripted

OPENING, HOSTED, *_ = SCRIPT
THANKS = "Thanks."


def test_two_advisors_on_one_home_lose_no_message(tmp_path: Path) -> None:
    database = tmp_path / "shared.sqlite"
    with open_scripted(database) as one, open_scripted(database) as other:
        failures: list[Exception] = []

        def talk(advisor: object) -> None:
            try:
                for _ in range(6):
                    advisor.reply_sync("t", THANKS)  # type: ignore[attr-defined]
            except Exception as error:  # noqa: BLE001 - shown by the main thread
                failures.append(error)

        threads = [threading.Thread(target=talk, args=(advisor,)) for advisor in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        entries = one.transcript("t")
        assert [entry.speaker for entry in entries] == ["user", "advisor"] * 12
        assert [entry.message_id for entry in entries[::2]] == [f"m{turn}" for turn in range(1, 13)]


class BrokenOnce(ScriptedLanguage):
    """Fails on one message with an error of its own."""

    async def understand(self, text: str, context: ReadingContext) -> Reading:
        if text == "break":
            raise ZeroDivisionError("a fault in an adapter")
        return await super().understand(text, context)


def test_a_turn_that_cannot_be_run_does_not_hold_the_conversation(tmp_path: Path) -> None:
    language = BrokenOnce(SCRIPT, local_language())
    with open_scripted(tmp_path / "broken.sqlite", language) as advisor:
        advisor.reply_sync("t", OPENING)
        with pytest.raises(ZeroDivisionError):
            advisor.reply_sync("t", "break")
        reply = advisor.reply_sync("t", HOSTED)
        assert reply.facts["work_type"].value == "api_features"
        assert reply.facts["workflow"].said == "want it to route maintenance tickets"
        said = [entry.text for entry in advisor.transcript("t") if entry.speaker == "advisor"]
        assert "left it aside" in said[1]


def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    database = tmp_path / "gone.sqlite"
    with open_scripted(database) as advisor:
        advisor.reply_sync("t", OPENING)
        advisor.reply_sync("t", "Just tell me.")
        advisor.reply_sync("kept", HOSTED)
        advisor.forget("t")
        assert advisor.threads() == ["kept"]
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"landlords" not in left
    assert b"CTO reviews" in left


def test_a_database_with_a_spoilt_page_is_told(tmp_path: Path) -> None:
    database = tmp_path / "spoilt.sqlite"
    with open_scripted(database) as advisor:
        for turn in range(4):
            advisor.reply_sync(f"t{turn}", OPENING)
    content = bytearray(database.read_bytes())
    for start in range(4096 * 2, len(content), 4096 * 3):
        content[start : start + 4096] = b"\x5a" * min(4096, len(content) - start)
    database.write_bytes(content)
    with pytest.raises(ConversationsDamaged, match="Move that file aside"):
        open_scripted(database)


def test_wrong_arguments_are_told_in_words(tmp_path: Path) -> None:
    with open_scripted(tmp_path / "args.sqlite") as advisor:
        with pytest.raises(InputError, match="A message is text, not NoneType"):
            advisor.reply_sync("t", None)  # pyright: ignore[reportArgumentType]
        with pytest.raises(InputError, match="broken characters"):
            advisor.reply_sync("\ud800", "hello")
        with pytest.raises(InputError, match="1 to 500 bytes"):
            advisor.reply_sync(" ", "hello")
        for wrong in ({}, [], {"schema": "hiring-advisor-certificate/1"}):
            with pytest.raises(BadCertificate):
                advisor.replay(wrong)  # pyright: ignore[reportArgumentType]
        advisor.close()


def test_a_memo_names_what_it_took_for_granted(tmp_path: Path) -> None:
    with open_scripted(tmp_path / "assumed.sqlite") as advisor:
        advisor.reply_sync("t", HOSTED)
        facts = advisor.reply_sync("t", "Just tell me.").facts
    assert facts["work_type"].status == "stated"
    assert (facts["data_readiness"].value, facts["data_readiness"].status) == ("ready", "assumed")
    assert facts["data_readiness"].said is None
