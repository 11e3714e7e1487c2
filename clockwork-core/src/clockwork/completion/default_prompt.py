"""Core's own words: the paragraph of the question that every resource gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import indent
from typing import Any

from clockwork.completion.answer import answer_schema
from clockwork.completion.neighbours import connected, secrets_in
from clockwork.completion.question import given_values
from clockwork.hook_types import CompletionContext, PromptPart
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
- Keep paths relative and inside the project folder.
- Never invent a password, a key or a token.
- Answer null only where "may be null" is said, and then only if the field is not needed.{form}

What the person wants:
{wish}

Already decided, not yours to change:
{given}{around}"""

_TEXT = """\
You write the {field} of a {kind} in a deployment project. {about}
The {field} is {described}.

What the person wants:
{wish}

Already decided, make the text fit it:
{given}{around}

Now write the {field}, and nothing else: begin with its first line and end with its last. No introduction, no
remarks, no code fence around it, nothing of what is decided repeated before it. Write it out, ready to be
used, with nothing left for others to fill in, and no longer than it has to be."""

_AROUND = """

It is connected to these, which are there before it:
{connected}
Where a value of theirs is needed, write ${{ref:ADDRESS.FIELD}} in its place, alone or inside a text, such
as {example}; it is filled in later.{secrets}"""

_SECRETS = """ Where a password or a key is needed, write one of {names};
in a URL with "|url" before the brace, as in {example}."""

_NOTHING = "- nothing yet"
_LONGEST_GIVEN = 2000


def completion_prompt(resource: Resource, context: CompletionContext) -> Iterator[PromptPart]:
    """Word the question about a resource's missing fields.

    Args:
        resource: The resource as it is known.
        context: The fields to ask for; a long text is asked for on its own.

    Yields:
        One part, named ``clockwork``.
    """
    given = _decided(resource)
    is_text = _is_one_long_text(resource, context.missing)
    wish = given.pop("description", None)
    words = {
        "kind": type(resource).__name__,
        "about": (type(resource).__doc__ or "").strip().partition("\n")[0],
        "wish": wish or "(not said; infer it from what is decided)",
        "given": _listed(given, _told if is_text else _shown) or _NOTHING,
        "around": _around(connected(resource, context)),
    }
    schema = answer_schema(type(resource), context.missing)
    if is_text:
        (field,) = context.missing
        form = described(schema["properties"][field])
        yield PromptPart("clockwork", _TEXT.format(field=field, described=form, **words))
    else:
        fields = "\n".join(_line(name, schema) for name in context.missing)
        yield PromptPart("clockwork", _VALUES.format(fields=fields, form=_form(resource, schema), **words))


def _around(others: Sequence[Resource]) -> str:
    """Describe what the resource is connected to, and how to use its values."""
    if not others:
        return ""
    described = "\n".join(
        f"- {other.address}, a {type(other).__name__}\n{indent(_listed(_decided(other)), '  ')}"
        for other in others
    )
    secrets = [*dict.fromkeys(replace(one, in_url=False) for other in others for one in secrets_in(other))]
    names = ", ".join(map(str, secrets))
    return _AROUND.format(
        connected=described,
        example=f"${{ref:{others[0].address}.name}}",
        secrets=_SECRETS.format(names=names, example=replace(secrets[0], in_url=True)) if secrets else "",
    )


def _listed(values: Mapping[str, Any], shown: Callable[[Any], str] | None = None) -> str:
    return "\n".join(f"- {name}: {_cut((shown or _shown)(value))}" for name, value in values.items())


def _is_one_long_text(resource: Resource, missing: tuple[str, ...]) -> bool:
    return len(missing) == 1 and completion_of(type(resource), missing[0]) is Completion.LONG_TEXT


def _line(name: str, schema: dict[str, Any]) -> str:
    form = schema["properties"][name]
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


def _form(resource: Resource, schema: dict[str, Any]) -> str:
    """Show the form of an answer: by worked examples of the class, else by the fields' first examples."""
    asked = schema["properties"]
    if worked := [one for one in worked_examples(type(resource)) if one.keys() >= asked.keys()]:
        lines = [f"- {one['description']}\n  {_shown({name: one[name] for name in asked})}" for one in worked]
        return "\n\nOther wishes, and good answers to them:\n" + "\n".join(lines)
    shown = {name: field["examples"][0] for name, field in asked.items() if field.get("examples")}
    return f"\n\nThe form of an answer, for another wish: {_shown(shown)}" if len(shown) == len(asked) else ""


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
