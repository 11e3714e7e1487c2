"""Requests that failed for the moment: waited for as the endpoint asks, told, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import ModelError
from support.completing import Completing, Note
from support.fake_endpoint import Reply, Request, fake_endpoint


def later(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def limited(retry_after: Callable[[], str], failures: int = 1, status: int = 429) -> Any:
    """An endpoint that limits the rate of the first requests."""
    asked: list[Request] = []

    def answer(request: Request) -> Any:
        asked.append(request)
        if len(asked) > failures:
            return {"name": "tea.md"}
        return Reply(status, {"error": {"message": "slow down"}}, {"Retry-After": retry_after()})

    return answer


def complete(project: Completing) -> list[str]:
    """Complete a note; give what was told of waiting."""
    told: list[str] = []
    project.tell = lambda event: told.append(str(event.data.get("text")))
    project.run(project.placed(tea=Note(mode="644")))
    return [text for text in told if "asked again in" in text]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("retry_after", [lambda: "1", lambda: later(1.5)], ids=["seconds", "date"])
def test_a_wait_that_the_endpoint_asks_for_is_kept_and_told(
    retry_after: Callable[[], str], status: int, tmp_path: Path
) -> None:
    with fake_endpoint(limited(retry_after, status=status)) as server:
        project = Completing(tmp_path, server.url)
        told = complete(project)
    why = "limits the rate of requests" if status == 429 else "failed with HTTP 503"
    assert len(told) == 1
    assert told[0].startswith(f"the endpoint {why}; it is asked again in ")
    assert [request.mode for request in server.requests] == ["native", "native"]
    assert project.completer is not None
    assert project.completer.report.calls == 2


@pytest.mark.parametrize("retry_after", [lambda: "3600", lambda: later(3600)], ids=["seconds", "date"])
def test_a_wait_beyond_the_time_limit_ends_the_question_at_once(
    retry_after: Callable[[], str], tmp_path: Path
) -> None:
    with fake_endpoint(limited(retry_after)) as server:
        project = Completing(tmp_path, server.url, completion_timeout=60)
        with pytest.raises(ModelError, match="limits the rate of requests: slow down") as caught:
            complete(project)
    assert len(server.requests) == 1
    assert "Wait for 3" in str(caught.value.hint)


def test_a_rate_limit_that_stays_ends_with_what_to_do(tmp_path: Path) -> None:
    with fake_endpoint(limited(lambda: "0", failures=99)) as server:
        project = Completing(tmp_path, server.url)
        with pytest.raises(ModelError, match="limits the rate of requests") as caught:
            complete(project)
    assert len(server.requests) == 4
    assert "CW_COMPLETION_CONCURRENCY" in str(caught.value.hint)


def test_a_repetition_counts_against_the_limit_of_calls(tmp_path: Path) -> None:
    with fake_endpoint(limited(lambda: "0")) as server:
        project = Completing(tmp_path, server.url, max_calls=1)
        with pytest.raises(ModelError, match=r"the limit of 1 call \(--max-calls\) is reached"):
            complete(project)
    assert len(server.requests) == 1


def test_a_server_that_takes_no_tools_without_a_flag_is_not_asked_the_same_again(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if request.mode == "prompted":
            return {"name": "tea.md"}
        return Reply(500, {"error": {"message": "tools param requires --jinja flag"}})

    with fake_endpoint(answer) as server:
        assert complete(Completing(tmp_path, server.url)) == []
    assert [request.mode for request in server.requests] == ["native", "tool", "tool-auto", "prompted"]
