"""Whether an address on the web answers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import Wanted, excerpt, is_in, reason, said

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 1 << 20


class HealthcheckAssert(Assertion):
    """A URL answers with a status, and with a text if one is wanted.

    Attributes:
        url: ``http://`` or ``https://``. Redirects are not followed: they are answers.
        status: The status it should answer with.
        body: A text that the body contains, or a compiled pattern that is found in its first MiB.
    """

    longest_try: ClassVar[float] = 5.0

    url: str
    status: int = Field(default=200, ge=100, le=599)
    body: Wanted | None = None
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    @field_validator("url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        from urllib.parse import urlsplit

        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write http://HOST... or https://HOST...")
        parts.port  # noqa: B018 raises ValueError when it is none
        return value

    def title(self) -> str:
        """Say which URL should answer how."""
        wanted = f" with {said(self.body)}" if self.body is not None else ""
        return f"{self.url} answers {self.status}{wanted}"

    def prepare(self) -> None:
        """Import httpx, which takes longer than most answers."""
        import_module("httpx")

    async def check(self, subject: Subject) -> Seen:
        """Ask the URL once."""
        import httpx

        try:
            # Loading the certificates takes longer than most answers, and plain HTTP needs none.
            with_certificates = self.url.startswith("https:")
            async with (
                httpx.AsyncClient(timeout=None, verify=with_certificates) as client,
                client.stream("GET", self.url) as response,
            ):
                return self._seen(response.status_code, await _start_of(response))
        except httpx.HTTPError as error:
            return Seen(False, _why_not(error))

    def _seen(self, status: int, body: str) -> Seen:
        right = status == self.status and (self.body is None or is_in(self.body, body))
        return Seen(right, f"HTTP {status}" if right else f"HTTP {status} {excerpt(body)}")


async def _start_of(response: httpx.Response) -> str:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) >= MOST_BYTES:
            break
    return body[:MOST_BYTES].decode(response.charset_encoding or "utf-8", errors="replace")


def _why_not(error: BaseException) -> str:
    """Say why there was no answer, in the operating system's words if it has any."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno:
            return f"no answer: {reason(cause)}"
    return f"no answer: {error or type(error).__name__}"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in found:
            continue
        found.append(one)
        waiting += [*getattr(one, "exceptions", ()), one.__context__, one.__cause__]
    return found
