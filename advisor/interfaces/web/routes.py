"""Pages beside the chat: a memo to download, a passage to read, and the page itself without foreign hosts."""

import asyncio
import re
from importlib.resources import files
from typing import Annotated
from urllib.parse import quote

from chainlit.auth import get_current_user
from chainlit.server import get_html_template
from chainlit.types import DeleteFeedbackRequest, UpdateFeedbackRequest
from chainlit.user import PersistedUser
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from advisor.conversation.advisor import AdvisorCore
from advisor.errors import AdvisorError
from advisor.interfaces.documents.formats import FORMATS, file_name, render
from advisor.interfaces.web.threads import Threads
from advisor.interfaces.web.wording import wording

User = Annotated[PersistedUser | None, Depends(get_current_user)]

PAGES = ("/", "/login", "/login/callback", "/thread/{id}", "/element/{id}", "/share/{id}", "/env", "/thread")

_FOREIGN = re.compile(r"<link[^>]*href=\"https?://[^>]*>\s*", re.DOTALL)
_MARKER = re.compile(r"\[\d{1,4}\]\.jsx")
_PANEL = f"{wording().panel}.jsx"


def routes(advisor: AdvisorCore, threads: Threads) -> APIRouter:
    """The routes, to be tried before Chainlit's own."""
    router = APIRouter()

    @router.get("/advisor/memo/{thread}/{name}")
    async def memo(thread: str, name: str, user: User) -> Response:
        message_id, _, form = name.rpartition(".")
        await _only_owner(threads, thread, user)
        found = await asyncio.to_thread(advisor.memo_of, thread, message_id)
        if found is None or form not in FORMATS:
            raise HTTPException(404, "There is no such memo.")
        try:
            content = await asyncio.to_thread(render, found, form)
        except AdvisorError as error:
            return PlainTextResponse(f"{error.message} {error.remedy}", status_code=501)
        called = quote(file_name(found, form))
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{called}",
            "cache-control": "private, no-store",
        }
        return Response(content, media_type=FORMATS[form].media_type, headers=headers)

    @router.get("/advisor/passage")
    async def passage(id: str, user: User) -> dict[str, str]:
        if user is None:
            raise HTTPException(401, "Sign in first.")
        found = await asyncio.to_thread(advisor.passage, id)
        if found is None:
            raise HTTPException(404, "This passage is no longer in the index.")
        return {"body": found.body, "section": found.locator.section()}

    @router.put("/feedback")
    async def rate(given: UpdateFeedbackRequest, user: User) -> dict[str, object]:
        # Chainlit's own asks nobody whose reply it is.
        await _only_owner(threads, given.feedback.threadId, user)
        try:
            return {"success": True, "feedbackId": await threads.upsert_feedback(given.feedback)}
        except AdvisorError as error:
            raise HTTPException(404, error.remedy) from error

    @router.delete("/feedback")
    async def unrate(given: DeleteFeedbackRequest, user: User) -> dict[str, bool]:
        await _only_owner(threads, given.feedbackId.rpartition("/")[0], user)
        return {"success": await threads.delete_feedback(given.feedbackId)}

    @router.post("/auth/jwt")
    async def renew() -> None:
        # Chainlit would give a new session for an old one, for ever.
        raise HTTPException(404, "Sign in.")

    @router.get("/public/elements/{name}")
    async def element(name: str) -> Response:
        # Chainlit draws an element by the file of its name. A citation's is called by its marker, since it
        # is linked where its name stands in the text, and the panel's name is its title.
        name = "Passage.jsx" if _MARKER.fullmatch(name) else "Understood.jsx" if name == _PANEL else name
        source = files("advisor.interfaces.web").joinpath("assets", "elements", name)
        if not re.fullmatch(r"\w+\.jsx", name) or not source.is_file():
            raise HTTPException(404, "There is no such element.")
        return PlainTextResponse(source.read_text("utf-8"), media_type="text/javascript")

    return router


async def _only_owner(threads: Threads, thread: str | None, user: PersistedUser | None) -> None:
    if user is None or not thread or await threads.owner(thread) != user.identifier:
        raise HTTPException(404, "There is no such conversation.")


def page() -> APIRouter:
    """The page, under each address that the browser's side of Chainlit knows."""
    router = APIRouter()

    async def shown() -> HTMLResponse:
        return HTMLResponse(_FOREIGN.sub("", get_html_template("")))

    for path in PAGES:
        router.add_api_route(path, shown, methods=["GET"], include_in_schema=False)
    return router
