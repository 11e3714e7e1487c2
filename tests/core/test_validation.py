"""Wrong values in words: one wording for files, settings, locks, answers and providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Optional, TypedDict

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
    field_validator,
)

from clockwork.resources.base import Resource
from clockwork.resources.fields import completable
from clockwork.validation import Problem, holds_secret, problems


class Port(BaseModel):
    number: int = Field(ge=1, le=65535)


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    title: str = "a"
    colour: Literal["red", "blue"] = "red"
    kind: str = Field(
        default="a", pattern="^[a-c]$", description="one small letter", examples=["a", "b", "c"]
    )
    bare: str = Field(default="a", pattern="^[a-c]$")
    size: int = Field(default=1, ge=1)
    weight: float = Field(default=1, gt=0)
    wide: bool = False
    tags: list[str] = Field(default=[], max_length=2)
    ports: list[Port] = []
    labels: dict[str, int | str] = {}
    owner: Port | str | None = None
    password: SecretStr = Field(default=SecretStr(""), max_length=3)
    settings: dict[str, int] = {}
    short: str = Field(default="", max_length=3)
    even: int = 0

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("it is odd")
        return value


def found(**values: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        Thing(**values)
    return problems(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", 3, "expected text, got 3"),
        ("title", None, "expected text, got None"),
        ("title", ["a"], "expected text, got a list"),
        ("colour", "green", "expected 'red' or 'blue', got 'green'"),
        ("kind", "z", "expected one small letter, such as a, b or c; got 'z'"),
        ("kind", 7, 'expected text, as in kind="a"; got 7'),
        ("bare", "z", "expected text that matches ^[a-c]$, got 'z'"),
        ("size", "big", "expected a whole number, got 'big'"),
        ("size", 1.5, "expected a whole number, got 1.5"),
        ("size", 0, "expected at least 1, got 0"),
        ("weight", 0, "expected more than 0, got 0"),
        ("weight", "x", "expected a number, got 'x'"),
        ("wide", "maybe", "expected true or false, got 'maybe'"),
        ("tags", "a", "expected a list, got 'a'"),
        ("tags", ["a", "b", "c"], "expected at most 2 items, got 3"),
        ("settings", 1, "expected names with values, got 1"),
        ("short", "abcd", "expected at most 3 characters, got 4"),
        ("even", 3, "it is odd"),
        ("colou", 1, "Thing has no field 'colou'; did you mean 'colour'?"),
        ("size", "x" * 300, "expected a whole number, got text of 300 characters"),
    ],
)
def test_each_kind_of_mistake_in_words(field: str, value: Any, message: str) -> None:
    assert found(**{field: value}) == [Problem(field, message)]


def test_an_unknown_field_without_a_like_one_lists_what_there_is() -> None:
    (problem,) = found(zzz=1)
    assert problem.message.startswith("Thing has no field 'zzz'; it has title, colour, kind")


def test_a_missing_field() -> None:
    with pytest.raises(ValidationError) as caught:
        Port.model_validate({})
    assert problems(caught.value) == [Problem("number", "it is required")]


def test_nested_fields_are_named_by_their_place() -> None:
    assert found(ports=[{"number": 1}, {"number": 0}]) == [
        Problem("ports.1.number", "expected at least 1, got 0")
    ]


def test_the_alternatives_of_a_field_are_one_problem() -> None:
    assert found(labels={"a": [1]}) == [Problem("labels.a", "expected a whole number or text, got a list")]
    assert found(owner=3) == [Problem("owner", "expected a Port or text, got 3")]


def test_a_secret_is_never_repeated() -> None:
    assert "hunter2" not in str(found(password="hunter2"))
    assert found(settings={"API_KEY": "hunter2"}) == [
        Problem("settings.API_KEY", "expected a whole number, got text")
    ]


def test_an_assignment_knows_its_class() -> None:
    thing = Thing()
    with pytest.raises(ValidationError) as caught:
        thing.kind = "z"
    (problem,) = problems(caught.value)
    assert problem == Problem("kind", "expected one small letter, such as a, b or c; got 'z'")


class Box(Resource):
    label: Optional[str] = completable("what stands on it", max_length=5)
    notes: list[str] = Field(default_factory=list)
    raw: bytes = b""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", b"abc", "expected text, got bytes"),
        ("label", b"abc", "expected text, got bytes"),
        ("notes", [b"abc"], "expected text, got bytes"),
        ("label", "a\ud800", r"it holds '\ud800', which is no character and cannot be stored"),
        ("notes", ["a", "\udcff"], r"it holds '\udcff', which is no character and cannot be stored"),
    ],
)
def test_a_resource_takes_only_text_for_text(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Box(**{"name": "box", field: value})
    assert [(one.field, one.message) for one in problems(caught.value)] == [(field, message)]


def test_a_field_of_bytes_takes_bytes() -> None:
    assert Box(name="box", raw=b"\xff").raw == b"\xff"


class Login(BaseModel):
    user: str
    password: Optional[SecretStr] = None
    others: list[Login] = []


@dataclass
class Access:
    token: SecretStr


class Keys(TypedDict):
    first: SecretStr


@pytest.mark.parametrize(
    ("annotation", "holds"),
    [
        (SecretStr, True),
        (Optional[list[SecretBytes]], True),
        (Annotated[Optional[dict[str, SecretStr]], "x"], True),
        (Optional[Login], True),
        (list[Login], True),
        (Optional[Access], True),
        (Keys, True),
        (Optional[str], False),
        (dict[str, Port], False),
    ],
)
def test_a_secret_is_found_however_deep_it_is(annotation: Any, holds: bool) -> None:
    assert holds_secret(annotation) is holds
