"""An OpenAI-compatible endpoint over real HTTP, scripted by a function of the request."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def mode(self) -> str:
        """How a structured answer is asked for: ``native``, ``tool``, ``prompted`` or ``text``."""
        if self.body.get("response_format", {}).get("type") == "json_schema":
            return "native"
        names = [tool["function"]["name"] for tool in self.body.get("tools", [])]
        if "final_result" in names:
            return "tool" if self.body.get("tool_choice") == "required" else "tool-auto"
        return "prompted" if "JSON" in self.system else "text"

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the structured answer."""
        if self.mode == "native":
            return dict(self.body["response_format"]["json_schema"]["schema"])
        functions = [tool["function"] for tool in self.body.get("tools", [])]
        return next((dict(f["parameters"]) for f in functions if f["name"] == "final_result"), {})

    @property
    def fields(self) -> list[str]:
        """The fields asked for in a structured answer."""
        return sorted(self.schema.get("properties", {}))

    @property
    def system(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def question(self) -> str:
        """What the user says, the wishes of examples included: the prompt, without what went back."""
        said = [str(m["content"]) for m in self.body["messages"] if m["role"] == "user"]
        return "\n\n".join(text for text in said if "retry_feedback" not in text)

    @property
    def last(self) -> str:
        """The last message, such as the reason why an answer was refused."""
        return str(self.body["messages"][-1]["content"])

    @property
    def everything(self) -> str:
        """Body and headers as text, for finding what must not be there."""
        return json.dumps([dict(self.headers), self.body])


@dataclass(frozen=True)
class Reply:
    """A raw answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Any]
"""Gives a dict (a structured answer), a str (a plain text) or a :class:`Reply`."""


class FakeEndpoint(ThreadingHTTPServer):
    """The server; it records every request and how many were answered at once.

    Attributes:
        pages: What is at other paths, such as ``{"/v1/models": {"data": []}}``.
        visits: Each request for one of them: its path, its headers and its body.
    """

    request_queue_size = 256
    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.requests: list[Request] = []
        self.pages: dict[str, Any] = {}
        self.visits: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client go that did not wait for its answer; anything else is a fault of the test."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = self.answer(request)
            return answer if isinstance(answer, Reply) else Reply(body=completion(request, answer))
        finally:
            with self._lock:
                self._at_once -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeEndpoint

    def do_GET(self) -> None:
        self._visited(None)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path in self.server.pages:
            self._visited(body)
        else:
            self._send(self.server.reply(Request(self.path, self._told(), body)))

    def _visited(self, body: Any) -> None:
        self.server.visits.append(Request(self.path, self._told(), body))
        page = self.server.pages.get(self.path, Reply(404, {"error": "there is nothing"}))
        self._send(page if isinstance(page, Reply) else Reply(body=page))

    def _told(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _send(self, reply: Reply) -> None:
        data = reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""


def completion(
    request: Request, answer: dict[str, Any] | str, *, finish: str | None = None
) -> dict[str, Any]:
    """Wrap an answer as the endpoint would, in the mode that was asked for."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    if isinstance(answer, dict) and request.mode.startswith("tool"):
        function = {"name": "final_result", "arguments": json.dumps(answer)}
        message["tool_calls"] = [{"id": "c1", "type": "function", "function": function}]
    else:
        message["content"] = answer if isinstance(answer, str) else json.dumps(answer)
    return envelope(message, finish or ("tool_calls" if "tool_calls" in message else "stop"))


def envelope(message: dict[str, Any] | None, finish: str = "stop") -> dict[str, Any]:
    """Give the body of a chat completion; without a message it has no choices."""
    choices = [] if message is None else [{"index": 0, "finish_reason": finish, "message": message}]
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": choices,
        "usage": usage,
    }


def failure(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """Refuse a request as OpenAI's API does; the client is told not to wait before it tries again."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    error = {"message": message, "type": "error", "code": code}
    return Reply(status, {"error": error}, {"retry-after-ms": "1", **names})


@contextmanager
def fake_endpoint(answer: Answer) -> Iterator[FakeEndpoint]:
    """Serve until the context ends."""
    with FakeEndpoint(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
