"""Wrong values in a person's words: what Pydantic found, told the same way everywhere."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from clockwork.credentials import names_credential
from clockwork.suggestions import unknown

_LONGEST = 60


@dataclass(frozen=True)
class Problem:
    """One wrong value.

    Attributes:
        field: Where it stands, such as ``ports.0.host``; empty where the whole is wrong.
        message: What is wrong with it, without its name.
    """

    field: str
    message: str

    def __str__(self) -> str:
        """The message with its field in front."""
        return f"{self.field}: {self.message}" if self.field else self.message


def problems(error: ValidationError) -> list[Problem]:
    """Tell what is wrong, one problem for each field, in the order of the class.

    The words come from the class: what a pattern allows is told by the field's ``description`` and
    ``examples``. The value itself is told too, unless it is long or may be a secret.

    Args:
        error: What Pydantic raised.
    """
    model = _model_of(error)
    found: dict[str, list[_Wrong]] = {}
    for item in error.errors(include_url=False):
        place = _Place.of(model, item["loc"])
        found.setdefault(".".join(place.path), []).append(_wrong(item, place, error.title))
    return [Problem(field, _together(wrong)) for field, wrong in found.items()]


def holds_secret(annotation: Any) -> bool:
    """Tell whether a field's type is, or contains, a Pydantic secret, also in the fields of its classes.

    Args:
        annotation: The field's type.
    """
    return any(issubclass(kind, (Secret, SecretStr, SecretBytes)) for kind in _classes_in(annotation, set()))


def _classes_in(annotation: Any, seen: set[type]) -> Iterator[type]:
    """Give the classes that a type is made of, those of their fields included."""
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        yield kind
        for part in _types_of_fields(kind):
            yield from _classes_in(part, seen)
    for part in get_args(annotation):
        yield from _classes_in(part, seen)


def _types_of_fields(kind: type) -> Iterable[Any]:
    if issubclass(kind, BaseModel):
        return [info.annotation for info in kind.model_fields.values()]
    if not (is_dataclass(kind) or is_typeddict(kind)):
        return []
    try:
        return get_type_hints(kind).values()
    except NameError:
        return []


@dataclass(frozen=True)
class _Wrong:
    """What is wrong with a value: the whole sentence, or what was expected and what came."""

    sentence: str = ""
    expected: str = ""
    got: str = ""


@dataclass(frozen=True)
class _Place:
    """A location in nested models: its names, the field and the class where it ends, and the type there."""

    path: tuple[str, ...]
    owner: type[BaseModel] | None
    info: FieldInfo | None
    type: Any = None

    @classmethod
    def of(cls, model: type[BaseModel] | None, location: Sequence[str | int]) -> _Place:
        """Follow a location; the parts that only name one of several types are left out."""
        path: list[str] = []
        at: Any = model
        owner, info = model, None
        for part in map(str, location):
            alternatives = _alternatives(at)
            if len(alternatives) > 1:
                at = next((one for one in alternatives if _type_name(one) == part), None)
                continue
            at = alternatives[0] if alternatives else None
            path.append(part)
            if isinstance(at, type) and issubclass(at, BaseModel):
                owner, info = at, at.model_fields.get(part)
                at = info.annotation if info else None
            else:
                at = next(iter(get_args(at)[-1:]), None)
        return cls(tuple(path), owner, info, at)

    @property
    def title(self) -> str | None:
        """What the type there is called in words, if its author says so."""
        is_model = isinstance(self.type, type) and issubclass(self.type, BaseModel)
        return self.type.model_config.get("title") if is_model else None

    @property
    def is_private(self) -> bool:
        """Whether the value may be a credential."""
        of_secret = self.info is not None and holds_secret(self.info.annotation)
        return of_secret or any(names_credential(name) for name in self.path)


def _model_of(error: ValidationError) -> type[BaseModel] | None:
    """The class that refused the values; Pydantic's own frame, the last one, holds it."""
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    for value in frames[-1].f_locals.values() if frames else ():
        kind = value if isinstance(value, type) else type(value)
        if issubclass(kind, BaseModel) and _title(kind) == error.title:
            return kind
    return None


def _title(model: type[BaseModel]) -> str:
    return model.model_config.get("title") or model.__name__


def _alternatives(annotation: Any) -> list[Any]:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        return [part for part in get_args(annotation) if part is not NoneType]
    return [] if annotation is None else [annotation]


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def _wrong(item: ErrorDetails, place: _Place, title: str) -> _Wrong:
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    if kind == "missing":
        return _Wrong("it is required")
    if kind == "extra_forbidden":
        known = list(place.owner.model_fields) if place.owner else []
        has = f"{_title(place.owner) if place.owner else title} has no field"
        told = unknown(has, str(item["loc"][-1]), known)
        return _Wrong(told if told.endswith("?") or not known else f"{told}; it has {', '.join(known)}")
    if kind in ("value_error", "assertion_error"):
        return _Wrong(str(context.get("error") or item["msg"]))
    if kind == "string_unicode":
        return _Wrong(strange_character(value) or "it is not text")
    if kind in _SIZES:
        counted = len(value) if hasattr(value, "__len__") else context.get("actual_length")
        return _Wrong(expected=_SIZES[kind](context), got=str(counted))
    if kind == "string_pattern_mismatch":
        return _pattern(place, context, _told(value, place))
    if kind == "string_type" and place.info is not None and place.info.examples:
        example = f"{place.path[-1]}={_quoted(place.info.examples[0])}"
        return _Wrong(f"expected text, as in {example}; got {_told(value, place)}")
    if kind == "model_type" and place.title:
        return _Wrong(expected=place.title, got=_told(value, place))
    expected = _EXPECTED.get(kind) or _LIMITS.get(kind, _pydantics)({"msg": item["msg"], **context})
    return _Wrong(expected=expected, got=_told(value, place)) if expected else _Wrong(item["msg"])


def _pattern(place: _Place, context: Any, got: str) -> _Wrong:
    info = place.info
    if info is None or not (info.description or info.examples):
        return _Wrong(expected=f"text that matches {context['pattern']}", got=got)
    described = info.description or "another text"
    examples = f", such as {_either([str(one) for one in info.examples])}" if info.examples else ""
    return _Wrong(f"expected {described}{examples}; got {got}")


def _together(wrong: Sequence[_Wrong]) -> str:
    sentences = list(dict.fromkeys(one.sentence for one in wrong if one.sentence))
    if sentences:
        return "; ".join(sentences)
    return f"expected {_either(list(dict.fromkeys(one.expected for one in wrong)))}, got {wrong[0].got}"


def _told(value: Any, place: _Place) -> str:
    if isinstance(value, str) and (place.is_private or len(value) > _LONGEST):
        return "text" if place.is_private else f"text of {len(value):,} characters"
    if isinstance(value, (str, bool, int, float, NoneType)):
        return type(value).__name__ if place.is_private else repr(value)
    return _KINDS.get(type(value)) or f"a {type(value).__name__}"


def strange_character(value: Any) -> str | None:
    """Tell which part of a text is half a character, which neither files nor the state can hold.

    Args:
        value: Anything; only text can hold one.
    """
    found = next((c for c in value if "\ud800" <= c <= "\udfff"), None) if isinstance(value, str) else None
    return f"it holds {found!r}, which is no character and cannot be stored" if found else None


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) and '"' not in value else repr(value)


def _either(words: Sequence[str]) -> str:
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _pydantics(context: Any) -> str:
    words = str(context["msg"])
    return words.removeprefix("Input should be ") if words.startswith("Input should be ") else ""


def _items(word: str, number: int) -> str:
    return f"{word} {number} {'item' if number == 1 else 'items'}"


def _characters(word: str, number: int) -> str:
    return f"{word} {number} {'character' if number == 1 else 'characters'}"


_KINDS: dict[type, str] = {
    bytes: "bytes",
    list: "a list",
    tuple: "a tuple",
    set: "a set",
    dict: "names with values",
}
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a set",
    "dict_type": "names with values",
    "mapping_type": "names with values",
}
_LIMITS: dict[str, Callable[[Any], str]] = {
    "literal_error": lambda context: str(context["expected"]),
    "enum": lambda context: str(context["expected"]),
    "greater_than": lambda context: f"more than {context['gt']:g}",
    "greater_than_equal": lambda context: f"at least {context['ge']:g}",
    "less_than": lambda context: f"less than {context['lt']:g}",
    "less_than_equal": lambda context: f"at most {context['le']:g}",
    "model_type": lambda context: f"a {context['class_name']}",
    "dataclass_type": lambda context: f"a {context['class_name']}",
    "is_instance_of": lambda context: f"a {context['class']}",
}
_SIZES: dict[str, Callable[[Any], str]] = {
    "string_too_short": lambda context: _characters("at least", context["min_length"]),
    "string_too_long": lambda context: _characters("at most", context["max_length"]),
    "too_short": lambda context: _items("at least", context["min_length"]),
    "too_long": lambda context: _items("at most", context["max_length"]),
}
