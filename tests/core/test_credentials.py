"""Credentials in what is shown: addresses lose their passwords, and stay readable."""

from __future__ import annotations

import pytest

from clockwork.credentials import without_credentials
from clockwork.errors import ModelError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:pass@host/v1 failed", "http://***@host/v1 failed"),
        ("https://token@host/v1", "https://***@host/v1"),
        ("http://user:p@ss@host:80/v1", "http://***@host:80/v1"),
        ("http://user:p/ss@host/v1", "http://***@host/v1"),
        ("postgres://me:pw@db/state?sslmode=off", "postgres://***@db/state?sslmode=off"),
        ("azblob://state?sas=abc%3D&region=x", "azblob://state?sas=***&region=x"),
        ("s3://b?region=x&access_key=abc#f", "s3://b?region=x&access_key=***#f"),
        ("https://h/?X-Amz-Signature=abc' and", "https://h/?X-Amz-Signature=***' and"),
    ],
)
def test_credentials_are_left_out(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
    assert without_credentials(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:8080/a@b",
        "http://localhost:1234/v1 and me@example.com",
        '["http://one:1", "me@example.com"]',
        "s3://bucket?region=eu&monkey=x",
        "git@github.com:a/b.git",
        "file:///home/me/state?metadata=skip",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert without_credentials(text) == text


def test_no_error_tells_them() -> None:
    error = ModelError("http://user:pass@host/v1 failed", hint="Try http://user:pass@host/v2.")
    assert "pass" not in str(error)
    assert error.hint == "Try http://***@host/v2."
