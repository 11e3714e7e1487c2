"""How long a request is repeated that failed for the moment."""

from __future__ import annotations

import time

from pydantic_ai import exceptions as ai

from clockwork.completion.failures import refuses_mode

_MOST_REPETITIONS = 3
_FIRST_PAUSE = 0.5
_FOR_THE_MOMENT = {408, 409, 429, 500, 502, 503, 504}


class Patience:
    """The time and the repetitions that one request has."""

    def __init__(self, seconds: float) -> None:
        """Begin to count.

        Args:
            seconds: The most that all repetitions and the pauses between them may take.
        """
        self._end = time.monotonic() + seconds
        self._repetitions = 0

    @property
    def left(self) -> float:
        """The seconds that are left, at least a thousandth."""
        return max(self._end - time.monotonic(), 0.001)

    def pause_after(self, error: Exception) -> float | None:
        """Choose how long to wait before a request is repeated.

        What the endpoint asked for in ``Retry-After`` is kept to the letter; where that is longer than the
        time that is left, waiting is of no use.

        Args:
            error: What the request ended with.

        Returns:
            Seconds; ``None`` when it should not be repeated.
        """
        if self._repetitions >= _MOST_REPETITIONS or not _is_for_the_moment(error):
            return None
        asked = getattr(error, "retry_after", None)
        pause = _FIRST_PAUSE * 2**self._repetitions if asked is None else max(float(asked), 0.0)
        self._repetitions += 1
        return pause if pause < self.left else None


def why_it_waits(error: Exception) -> str:
    """Say in a few words why a request is repeated, as in ``limits the rate of requests``.

    Args:
        error: What the request ended with.
    """
    match error:
        case ai.ModelRateLimitError():
            return "limits the rate of requests"
        case ai.ModelHTTPError(status_code=status):
            return f"failed with HTTP {status}"
        case _:
            return "broke off the connection"


def _is_for_the_moment(error: Exception) -> bool:
    match error:
        case ai.ModelQuotaExceededError() | ai.ModelTimeoutError() | ai.ModelRequestTimeout():
            return False
        case ai.ModelHTTPError(status_code=status):
            return status in _FOR_THE_MOMENT and not refuses_mode(error)
        case ai.ModelConnectionError(phase=phase):
            return phase != "connect"
        case _:
            return False
