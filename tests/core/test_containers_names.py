"""Names and environments of containers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.containers.env import check_env
from clockwork.containers.names import (
    CONTAINER_NAME_PATTERN,
    IMAGE_PATTERN,
    NETWORK_NAME_PATTERN,
    VOLUME_NAME_PATTERN,
)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (CONTAINER_NAME_PATTERN, "web-1", "-web"),
        (CONTAINER_NAME_PATTERN, "a" * 63, "a" * 64),
        (CONTAINER_NAME_PATTERN, "Web.db_2", "web\n"),
        (CONTAINER_NAME_PATTERN, "ab", "a"),
        (VOLUME_NAME_PATTERN, "data", "my/data"),
        (NETWORK_NAME_PATTERN, "shop-net", "Shop"),
        (NETWORK_NAME_PATTERN, "n1", "net-"),
        (IMAGE_PATTERN, "nginx", "Nginx"),
        (IMAGE_PATTERN, "nginx:1.27-alpine", "nginx:"),
        (IMAGE_PATTERN, "localhost:5000/team/web_app:v1", "https://example.com/web"),
        (IMAGE_PATTERN, "[::1]:5000/web", "web app"),
        (IMAGE_PATTERN, "ghcr.io/a/b@sha256:" + "0" * 64, "web@sha256:0"),
    ],
)
def test_a_pattern_tells_names_from_others(pattern: str, good: str, bad: str) -> None:
    assert re.fullmatch(pattern, good)
    assert not re.fullmatch(pattern, bad)


@given(
    st.dictionaries(
        st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_.-]*\Z"), st.text(st.characters(exclude_characters="\x00"))
    )
)
def test_ordinary_variables_are_fine(env: dict[str, str]) -> None:
    check_env(env)


@pytest.mark.parametrize(
    ("env", "wrong"),
    [
        ({"": "x"}, "a variable has no name"),
        ({"A=B": "x"}, "'A=B' is no variable's name: it contains ="),
        ({"A B": "x"}, "'A B' is no variable's name"),
        ({"A\n": "x"}, "a space or a control character"),
        ({"A": "x\x00"}, "the value of A contains a NUL character"),
    ],
)
def test_an_error_says_which_variable_is_wrong(env: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        check_env(env)


def test_what_is_not_text_yet_is_checked_by_its_name() -> None:
    check_env({"TOKEN": object()})
