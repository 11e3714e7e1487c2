"""What values may do to a terminal: nothing."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretBytes, SecretStr

from clockwork.ui.text import clean, cut, listed, width_of, wrap
from clockwork.ui.values import shown, without_secrets


class Login(BaseModel):
    user: str
    password: SecretStr


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=400)
ANY_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(ANY_TEXT)
def test_clean_text_has_nothing_a_terminal_obeys_or_hides(text: str) -> None:
    result = clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in result)
    assert not set(result) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    result.encode("utf-8")


@given(ANY_VALUE)
def test_any_value_can_be_shown_in_one_line_and_written_as_json(value: Any) -> None:
    text = shown(value)
    assert "\n" not in text
    assert text == clean(text)
    json.dumps(without_secrets(value), allow_nan=False)


@given(ANY_TEXT.map(clean), st.integers(1, 80))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert "".join(rows) == text
    assert all(width_of(row) <= max(width, 2) for row in rows)


@given(ANY_TEXT.map(clean), st.integers(2, 80))
def test_cutting_keeps_the_width_and_shows_that_something_is_missing(text: str, width: int) -> None:
    short = cut(text, width)
    assert width_of(short) <= max(width, 3)
    assert short == text or short.endswith("…")


@pytest.mark.parametrize(
    "secret",
    [
        SecretStr("hunter2"),
        SecretBytes(b"hunter2"),
        {"deep": [SecretStr("hunter2")]},
        Login(user="me", password=SecretStr("hunter2")),
    ],
)
def test_a_secret_is_never_shown(secret: Any) -> None:
    assert "hunter2" not in shown(secret)
    assert "hunter2" not in json.dumps(without_secrets(secret))
    assert "[secret]" in shown(secret)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(unset)"),
        ("", '""'),
        (True, "true"),
        (8080, "8080"),
        (Path("a/b"), "a/b"),
        (["80:80"], '["80:80"]'),
        ("é\n", "é\\n"),
        ("# Life\nx\ny\n", "# Life (3 lines, 11 characters)"),
        ("x" * 500, "x" * 240 + " … (1 line, 500 characters)"),
        ("04da6b54-80e4-46f7-96ec-b56ff0331ba9", "(known after apply)"),
    ],
)
def test_values_in_words(value: Any, text: str) -> None:
    assert shown(value) == text


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
