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
        ("https://h/v1?key=abc&alt=json", "https://h/v1?key=***&alt=json"),
        ("https://h/v1?KEY=abc", "https://h/v1?KEY=***"),
        ("https://h/v1?alt=json&code=abc", "https://h/v1?alt=json&code=***"),
        ("https://h/v1?subscription-key=abc", "https://h/v1?subscription-key=***"),
        ("https://h/v1?authorization=abc&jwt=def", "https://h/v1?authorization=***&jwt=***"),
        ("https://h/v1?auth=abc&auth_token=def", "https://h/v1?auth=***&auth_token=***"),
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
        "s3://bucket?partition_key=x&encoding=y&keyspace=z&author=me",
        "https://h/find?key",
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
