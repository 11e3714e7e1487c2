"""A web server that answers as a test says, one answer after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, str]


class Answering:
    """A server on a free port of loopback; the last answer is given from then on.

    Attributes:
        answers: What it answers; may be changed at any time.
        url: Where it answers.
        asked: How often it was asked.
    """

    def __init__(self, server: ThreadingHTTPServer, answers: Sequence[Answer]) -> None:
        self.answers = answers
        self.asked = 0
        self.url = f"http://127.0.0.1:{server.server_address[1]}/"


@contextmanager
def answering(answers: Sequence[Answer]) -> Iterator[Answering]:
    """Serve until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = served.answers[min(served.asked, len(served.answers) - 1)]
            served.asked += 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Answering(server, answers)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
