"""A server on loopback that speaks OpenAI's chat completions: scripted answers, errors, slow and cut streams.

    with OpenAIServer([Says({"facts": []}), Fails(429), Cuts(after=2)]) as server:
        ...  # talk to server.url
    # leaving the block fails when a step of the script was not used, or more was asked than it holds

A step may also be a function of the request, or the whole script one function. The wire is real: HTTP,
server-sent events, chunked bodies, closed connections.
"""

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHUNK = 12
"""Characters in a piece of a stream."""


@dataclass(frozen=True)
class Request:
    """What a client sent. `key` is its bearer token or Azure key."""

    path: str
    body: dict[str, Any]
    key: str

    @property
    def text(self) -> str:
        """All messages, one after the other."""
        return "\n".join(str(message.get("content") or "") for message in self.body.get("messages", ()))

    @property
    def form(self) -> str | None:
        """The name of the schema or tool asked for."""
        wanted = self.body.get("response_format") or {}
        if "json_schema" in wanted:
            return wanted["json_schema"]["name"]
        tools = self.body.get("tools") or ()
        return tools[0]["function"]["name"] if tools else None


@dataclass(frozen=True)
class Says:
    """A finished answer: JSON, or text as it is."""

    answer: Any
    finish: str = "stop"
    usage: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def text(self) -> str:
        return self.answer if isinstance(self.answer, str) else json.dumps(self.answer, ensure_ascii=False)


@dataclass(frozen=True)
class Fails:
    """An HTTP error. Retrying clients are told to come back at once."""

    status: int
    message: str = "scripted"
    code: str | None = None


@dataclass(frozen=True)
class Cuts:
    """Closes the connection after some pieces of an answer."""

    after: int = 1
    text: str = '{"facts": [{"key": "work_type", "value": "api_'


@dataclass(frozen=True)
class Stalls:
    """Sends some pieces, then nothing, until the client goes away or the server closes."""

    after: int = 1
    text: str = '{"facts": [{"key": "work_type", "value": "api_'


@dataclass(frozen=True)
class Refuses:
    """A refusal in place of an answer."""

    text: str = "I can't help with that."


Step = Says | Fails | Cuts | Stalls | Refuses
Script = Sequence[Step | Callable[[Request], Step]] | Callable[[Request], Step]


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that go away between two requests: those under test may."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class OpenAIServer:
    """Serves a script on a free port of loopback; `requests` holds what came."""

    def __init__(self, script: Script = ()) -> None:
        self._script = script if callable(script) else list(script)
        self.requests: list[Request] = []
        self.surplus = 0
        self.broken: list[Exception] = []
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def address(self) -> str:
        """The URL without a path, as Azure's clients want it."""
        return self.url.removesuffix("/v1")

    def start(self) -> "OpenAIServer":
        """Begins to listen."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stops listening and lets go of what stalls."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def finish(self) -> None:
        """Fails when steps were not used, or more was asked than the script holds."""
        unused = 0 if callable(self._script) else len(self._script)
        if self.broken:
            raise AssertionError("the script failed") from self.broken[0]
        if unused or self.surplus:
            raise AssertionError(f"{unused} steps of the script unused, {self.surplus} requests beyond it")

    def __enter__(self) -> "OpenAIServer":
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        self.close()
        if kind is None:
            self.finish()

    def _next(self, request: Request) -> Step:
        with self._lock:
            self.requests.append(request)
            if callable(self._script):
                step = self._script
            elif self._script:
                step = self._script.pop(0)
            else:
                self.surplus += 1
                return Fails(500, "the script holds no more steps")
        if not callable(step):
            return step
        try:
            return step(request)
        except Exception as error:  # noqa: BLE001 - told by finish, since this thread has no reader
            self.broken.append(error)
            return Fails(400, "the script failed")

    def wait_for_close(self, gone: Callable[[], bool]) -> None:
        """Returns when the server closes or the client has gone."""
        while not self._closing.wait(0.02):
            if gone():
                return


def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            key = self.headers.get("authorization", "").removeprefix("Bearer ") or self.headers.get("api-key")
            request = Request(self.path, json.loads(raw or b"{}"), key or "")
            if not self.path.partition("?")[0].endswith("/chat/completions"):
                return self._error(Fails(404, f"no such path: {self.path}"))
            step = server._next(request)
            try:
                match step:
                    case Fails():
                        self._error(step)
                    case Says() | Refuses():
                        self._answer(step, request)
                    case Cuts() | Stalls():
                        self._broken(step, request)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _error(self, step: Fails) -> None:
            error = {"message": step.message, "type": "scripted", "code": step.code, "param": None}
            self._json(step.status, {"error": error}, {"retry-after-ms": "1"})

        def _json(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _answer(self, step: Says | Refuses, request: Request) -> None:
            if not request.body.get("stream"):
                return self._json(200, _completion(step, request))
            self._begin()
            for event in _events(step, request):
                self._event(event)
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
            return None

        def _broken(self, step: Cuts | Stalls, request: Request) -> None:
            self._begin()
            for event in list(_events(Says(step.text), request))[: step.after]:
                self._event(event)
            if isinstance(step, Stalls):
                server.wait_for_close(self._gone)
            self.close_connection = True
            self.connection.close()

        def _gone(self) -> bool:
            self.connection.settimeout(0.001)
            try:
                return self.connection.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        def _begin(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()

        def _event(self, event: object) -> None:
            self._chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

    return Handler


def _usage(answer: str, request: Request) -> dict[str, Any]:
    sent, said = len(json.dumps(request.body)) // 4, max(1, len(answer) // 4)
    return {
        "prompt_tokens": sent,
        "completion_tokens": said,
        "total_tokens": sent + said,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _message(step: Says | Refuses, request: Request) -> dict[str, Any]:
    if isinstance(step, Refuses):
        return {"role": "assistant", "content": None, "refusal": step.text}
    if request.body.get("tools"):
        call = {"name": request.form, "arguments": step.text}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "index": 0, "type": "function", "function": call}],
        }
    return {"role": "assistant", "content": step.text, **step.extra}


def _completion(step: Says | Refuses, request: Request) -> dict[str, Any]:
    text = step.text
    finish = step.finish if isinstance(step, Says) else "stop"
    whole = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": request.body.get("model"),
        "choices": [{"index": 0, "message": _message(step, request), "finish_reason": finish}],
    }
    return whole | ({"usage": _usage(text, request)} if not isinstance(step, Says) or step.usage else {})


def _events(step: Says | Refuses, request: Request) -> list[dict[str, Any]]:
    head = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": request.body.get("model"),
    }

    def event(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        return head | {"choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}

    text = step.text
    pieces = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    events = [event({"role": "assistant", "content": ""})]
    if isinstance(step, Refuses):
        events += [event({"refusal": piece}) for piece in pieces]
        return [*events, event({}, "stop")]
    if request.body.get("tools"):
        first = {"id": "call_1", "index": 0, "type": "function"}
        named = {**first, "function": {"name": request.form, "arguments": ""}}
        events.append(event({"tool_calls": [named]}))
        for piece in pieces:
            events.append(event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}))
    else:
        events += [event({"content": piece}) for piece in pieces]
    events.append(event({}, "tool_calls" if request.body.get("tools") else step.finish))
    if step.usage and (request.body.get("stream_options") or {}).get("include_usage"):
        events.append(head | {"choices": [], "usage": _usage(text, request)})
    return events
