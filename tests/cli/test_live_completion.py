"""What somebody at a terminal sees while resources are completed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from support.command import clockwork
from support.fake_endpoint import Reply, Request, fake_endpoint
from support.terminal import Terminal

PROGRAM = """
from clockwork.resources import FileResource

def note(word, **more):
    return FileResource(description=word, directory=".", mode="644", content="hello", **more)

tea = note("tea")
milk = note("milk")
cup = note("cup", depends_on=[tea])
"""


def wish(request: Request) -> str:
    return request.question.rpartition("Wish: ")[2].partition("\n")[0]


def test_each_resource_says_what_it_waits_for_and_what_was_spent(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    seen = {"tea": threading.Event(), "milk": threading.Event()}

    def answer(request: Request) -> Any:
        word = wish(request)
        if word in seen:
            seen[word].wait(100)
        first = sum(wish(one) == word for one in server.requests) == 1
        if word == "milk" and first:
            return Reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "3"})
        return {"name": f"{word}.md"}

    with fake_endpoint(answer) as server:
        more = {"CW_BASE_URL": server.url, "CW_MODEL": "fake", "CW_COMPLETION_CONCURRENCY": "1"}
        with Terminal("apply", "--dry-run", cwd=tmp_path, columns=120, **more) as terminal:
            terminal.await_words("tea: asking the model for name")
            terminal.await_words("cup: waiting for tea")
            terminal.await_words("milk: waiting for its turn")
            seen["tea"].set()
            terminal.await_words("tea: completed")
            terminal.await_words("1 call, 15 tokens so far")
            seen["milk"].set()
            terminal.await_words("milk: the endpoint limits the rate of requests; it is asked again in 3 s")
            terminal.await_words("milk: completed")
            assert terminal.end() == 0


def test_away_from_a_terminal_no_line_is_said_twice(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    with fake_endpoint(lambda request: {"name": f"{wish(request)}.md"}) as server:
        more = {"CW_BASE_URL": server.url, "CW_MODEL": "fake", "CW_COMPLETION_CONCURRENCY": "1"}
        done = clockwork("apply", "--dry-run", cwd=tmp_path, **more)
    said = sorted(line.partition(" (")[0] for line in done.stderr.splitlines())
    words = ("cup", "milk", "tea")
    asked, ended = "{}: asking the model for name", "✓ {}: completed"
    assert said == [*(asked.format(word) for word in words), *(ended.format(word) for word in words)]
