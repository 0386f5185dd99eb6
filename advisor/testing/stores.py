"""What is kept beside conversations, held in memory. For tests and examples."""

import datetime as dt
from collections.abc import Mapping

from advisor.domain.listed import Listed, listed_at, listed_title
from advisor.domain.rating import Rating
from advisor.domain.reply import Reply


def _number(message_id: str) -> int:
    return int(message_id.lstrip("m"))


class MemoryReplies:
    """Implements `ports.replies.Replies`."""

    def __init__(self) -> None:
        self._replies: dict[tuple[str, str], Reply] = {}

    def save(self, reply: Reply) -> None:
        self._replies[reply.thread, reply.message_id] = reply.model_copy(update={"memo": None})

    def of(self, thread: str) -> Mapping[str, Reply]:
        mine = [(message_id, reply) for (of, message_id), reply in self._replies.items() if of == thread]
        return dict(sorted(mine, key=lambda pair: _number(pair[0])))

    def forget(self, thread: str) -> None:
        self._replies = {key: reply for key, reply in self._replies.items() if key[0] != thread}


class MemoryRatings:
    """Implements `ports.ratings.Ratings`."""

    def __init__(self) -> None:
        self._ratings: dict[tuple[str, str], Rating] = {}

    def save(self, rating: Rating) -> None:
        self._ratings[rating.thread, rating.message_id] = rating

    def remove(self, thread: str, message_id: str) -> None:
        self._ratings.pop((thread, message_id), None)

    def of(self, thread: str) -> tuple[Rating, ...]:
        mine = [rating for (of, _), rating in self._ratings.items() if of == thread]
        return tuple(sorted(mine, key=lambda rating: _number(rating.message_id)))

    def forget(self, thread: str) -> None:
        self._ratings = {key: rating for key, rating in self._ratings.items() if key[0] != thread}


class MemoryDirectory:
    """Implements `ports.directory.Directory`."""

    def __init__(self) -> None:
        self._listed: dict[str, Listed] = {}

    def add(self, thread: str, owner: str, title: str, at: dt.datetime) -> None:
        moment = listed_at(at)
        line = Listed(thread=thread, owner=owner, title=listed_title(title), begun=moment, last=moment)
        self._listed.setdefault(thread, line)

    def owner(self, thread: str) -> str | None:
        found = self.find(thread)
        return None if found is None else found.owner

    def find(self, thread: str) -> Listed | None:
        return self._listed.get(thread)

    def of(self, owner: str) -> tuple[Listed, ...]:
        mine = sorted((line for line in self._listed.values() if line.owner == owner), key=_thread)
        return tuple(sorted(mine, key=lambda line: (line.last, line.begun), reverse=True))

    def touch(self, thread: str, at: dt.datetime) -> None:
        moment = listed_at(at)
        if (found := self.find(thread)) is not None:
            self._listed[thread] = found.model_copy(update={"last": max(found.last, moment)})

    def rename(self, thread: str, title: str) -> None:
        if (found := self.find(thread)) is not None:
            self._listed[thread] = found.model_copy(update={"title": listed_title(title)})

    def forget(self, thread: str) -> None:
        self._listed.pop(thread, None)


def _thread(line: Listed) -> str:
    return line.thread
