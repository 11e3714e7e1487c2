"""Core's own words: the paragraph of the question that every resource gets."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import indent
from typing import Any

from clockwork.completion.answer import answer_schema
from clockwork.completion.neighbours import connected, secrets_in
from clockwork.completion.question import given_values, long_fields
from clockwork.hook_types import CompletionContext, PromptPart
from clockwork.provenance import Source
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of, worked_examples

_VALUES = """\
You complete the declaration of a {kind} in a deployment project. {about}

Choose a value for each of these fields:
{fields}

How to choose:
- Follow the person's words; where they leave it open, choose what an experienced engineer would.
- Write each value in the form that its description and examples show, without any explanation.
- Use the examples for their form only; the value must fit what the person wants.
- What is known beside a wish holds for it; a * stands for words of your own.
- Keep paths relative and inside the project folder.
- Never invent a password, a key or a token.
- Answer null only where "may be null" is said, and then only if the field is not needed.
- The answer is one JSON object with exactly these fields.{around}"""

_TEXT = """\
You write the {field} of a {kind} in a deployment project. {about}
The {field} is {described}.

Write the {field}, and nothing else: begin with its first line and end with its last. No introduction, no
remarks, no code fence around it, nothing of what is decided repeated before it. Write it in full, ready to
be used, with nothing left for others to fill in. It has all that the wish names, in
the wish's own words and numbers.{around}"""

_AROUND = """

It is connected to these, which are there before it:
{connected}
Where a value of theirs is needed, write ${{ref:ADDRESS.FIELD}} in its place, alone or inside a text, such
as {example}; it is filled in later.{secrets}"""

_SECRETS = """ Where a password or a key is needed, write one of {names};
in a URL with "|url" before the brace, as in {example}."""

_NOTHING = "nothing yet"
_ANOTHER = "something else, to show the form of an answer"
_LONGEST_GIVEN = 2000


def completion_prompt(resource: Resource, context: CompletionContext) -> Iterator[PromptPart]:
    """Word the question about a resource's missing fields.

    Args:
        resource: The resource as it is known.
        context: The fields to ask for; a long text is asked for on its own.

    Yields:
        One part about what is asked, and where values are asked for, examples and the wish.
    """
    given = _decided(resource)
    wish = given.pop("description", None) or "(not said; infer it from what is decided)"
    words = {
        "kind": type(resource).__name__,
        "about": (type(resource).__doc__ or "").strip().partition("\n")[0],
        "around": _around(connected(resource, context), bool(long_fields(resource, context.missing))),
    }
    schema = answer_schema(type(resource), context.missing)
    if _is_one_long_text(resource, context.missing):
        (field,) = context.missing
        form = described(schema["properties"][field])
        yield PromptPart("clockwork", _TEXT.format(field=field, described=form, **words))
        yield from _texts(type(resource), field, given)
        yield PromptPart("wish", _wish_for_text(wish, given), last=True)
        return
    worked = [one for one in worked_examples(type(resource)) if one.keys() >= schema["properties"].keys()]
    fields = "\n".join(_line(name, schema, with_examples=not worked) for name in context.missing)
    yield PromptPart("clockwork", _VALUES.format(fields=fields, **words))
    for number, one in enumerate(worked or _form_alone(schema), start=1):
        answer = _shown({name: one[name] for name in schema["properties"]})
        decided = {name: one[name] for name in given if name in one}
        asked = _wish(type(resource), one["description"], context.missing, decided)
        yield PromptPart(f"example {number}", asked, answer=answer)
    yield PromptPart("wish", _wish(type(resource), wish, context.missing, given), last=True)


def _around(others: Sequence[Resource], asks_for_text: bool) -> str:
    """Describe what the resource is connected to, and how to use its values.

    Texts that a model wrote for those are told only to who writes one: a reworded page asks nothing
    about its server.
    """
    if not others:
        return ""
    described = "\n".join(
        f"- {one.address}, a {type(one).__name__}\n{indent(_listed(_told_of(one, asks_for_text)), '  ')}"
        for one in others
    )
    secrets = [*dict.fromkeys(replace(one, in_url=False) for other in others for one in secrets_in(other))]
    names = ", ".join(map(str, secrets))
    return _AROUND.format(
        connected=described,
        example=f"${{ref:{others[0].address}.name}}",
        secrets=_SECRETS.format(names=names, example=replace(secrets[0], in_url=True)) if secrets else "",
    )


def _told_of(other: Resource, with_texts: bool) -> dict[str, Any]:
    kind = type(other)
    return {
        name: value
        for name, value in _decided(other).items()
        if with_texts
        or completion_of(kind, name) is not Completion.LONG_TEXT
        or other.provenance(name).source is Source.USER
    }


def _listed(values: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_cut(_shown(value))}" for name, value in values.items())


def _is_one_long_text(resource: Resource, missing: tuple[str, ...]) -> bool:
    return len(missing) == 1 and completion_of(type(resource), missing[0]) is Completion.LONG_TEXT


def _line(name: str, schema: dict[str, Any], *, with_examples: bool) -> str:
    form = schema["properties"][name]
    if not with_examples:
        form = {key: value for key, value in form.items() if key != "examples"}
    nullable = any(kind.get("type") == "null" for kind in form.get("anyOf", ()))
    return f"- {name}: {described(form)}" + (" (may be null)" if nullable else "")


def described(form: Mapping[str, Any]) -> str:
    """Say in one line what a field's schema asks: its description, examples and limits."""
    shape = {**form, **next((k for k in form.get("anyOf", ()) if k.get("type") != "null"), {})}
    kind = str(shape.get("type", "value"))
    items = shape.get("items")
    if isinstance(items, dict) and "type" in items:
        kind = f"{kind} of {items['type']}"
    said = [str(form.get("description", form.get("title", ""))).rstrip("."), kind]
    if examples := form.get("examples"):
        said.append("for example " + ", ".join(_shown(example) for example in examples))
    said += [f"{word} {_shown(shape[key])}" for key, word in _LIMITS.items() if key in shape]
    return ", ".join(part for part in said if part)


_LIMITS = {
    "pattern": "must match",
    "enum": "one of",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "minItems": "items at least",
    "maxItems": "items at most",
    "minimum": "at least",
    "maximum": "at most",
}


def _form_alone(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Make an example of the fields' first examples, where each has some."""
    asked = schema["properties"]
    first = {name: field["examples"][0] for name, field in asked.items() if field.get("examples")}
    return [{"description": _ANOTHER, **first}] if len(first) == len(asked) else []


def _texts(kind: type[Resource], field: str, given: Mapping[str, Any]) -> Iterator[PromptPart]:
    """Give the worked examples of a long text, each with all its other values decided."""
    for number, one in enumerate(kind.examples_for(field, given), start=1):
        decided = {name: value for name, value in one.items() if name not in ("description", field)}
        asked = _wish_for_text(one["description"], decided)
        yield PromptPart(f"example {number}", asked, answer=str(one[field]))


def _wish_for_text(wish: str, given: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} {_cut(_told(value))}" for name, value in given.items())
    return f"Wish: {wish}\nDecided: {told or _NOTHING}"


def _wish(
    kind: type[Resource], wish: str, asked: Sequence[str], given: Mapping[str, Any] | None = None
) -> str:
    """Put a wish beside what is known for it, so that the answer is all that is left to say."""
    decided = f"\nAlready decided, not yours to change:\n{_listed(given)}" if given else ""
    unasked = kind.model_fields.keys() - set(asked)
    known = "".join(f"\nKnown: {_without(fact, unasked)}" for fact in kind.known_for(wish))
    return f"Wish: {wish}{decided}{known}"


def _without(fact: str, fields: Collection[str]) -> str:
    """Leave fields out of a fact in JSON: a small model answers what it reads, asked or not."""
    try:
        values = json.loads(fact)
    except ValueError:
        return fact
    if not isinstance(values, dict) or values.keys().isdisjoint(fields):
        return fact
    return _shown({name: value for name, value in values.items() if name not in fields})


def _decided(resource: Resource) -> dict[str, Any]:
    """Give the values that differ from what the class says of every resource."""
    fields = type(resource).model_fields
    return {
        name: value
        for name, value in given_values(resource).items()
        if value != fields[name].get_default(call_default_factory=True)
    }


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _told(value: Any) -> str:
    """Show a value where none is answered as JSON: what looks like it is answered like it."""
    return value if isinstance(value, str) and "\n" not in value else _shown(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_GIVEN else f"{text[:_LONGEST_GIVEN]}... ({len(text)} characters)"
