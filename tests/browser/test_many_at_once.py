"""Fifty conversations at once on one server: no error, and nothing of one in another."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from advisor.testing.web_client import WebClient, web_client
from tests.browser.conftest import Server

MANY = 50


async def consultation(url: str, number: int) -> WebClient:
    """A conversation that is unlike every other one by its number of people and what it sells."""
    async with web_client(url) as client:
        await client.say(
            f"We are a {100 + number}-person company that sells gadget{number:03d}x. We want our app to "
            f"draft replies to buyers of gadget{number:03d}x with a hosted model within four months."
        )
        await client.say("The data is ready and our CTO can judge AI work.")
        await client.say("Give me the memo now.")
        return client


def test_fifty_conversations_at_once(server: Server) -> None:
    async def all_of_them() -> list[WebClient]:
        return await asyncio.gather(*(consultation(server.url, number) for number in range(MANY)))

    with ThreadPoolExecutor(1) as apart:  # the browser's own loop runs in this thread
        clients = apart.submit(asyncio.run, all_of_them()).result()
    assert len({client.thread for client in clients}) == MANY
    for number, client in enumerate(clients):
        assert client.errors == []
        assert len(client.said) == 3
        assert all(client.said), number
        memo = client.said[-1]
        assert "Do this first" in memo
        whole = repr(client.said) + repr(client.elements)
        assert f"gadget{number:03d}x" in whole
        others = [other for other in range(MANY) if other != number and f"gadget{other:03d}x" in whole]
        assert others == []
