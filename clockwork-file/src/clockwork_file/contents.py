"""Whether a text is what the name of its file says, and more than a stand-in for one."""

from __future__ import annotations

import ast
import json
import re
import tomllib
import warnings
from collections.abc import Callable
from pathlib import PurePath
from xml.parsers import expat

from clockwork.placeholders import Placeholder, parts
from clockwork_file import forms

_NOTHING = frozenset({"", "...", "…"})
_AROUND = " \t\n\r#*/-_=<>[](){}.\"'`!…;:"
_STAND_IN = re.compile(r"(todo|tbd|fixme|placeholder)\b[^\n]*|lorem ipsum.*", re.IGNORECASE | re.DOTALL)
_MARKS = frozenset({"your", "insert", "add", "put", "write", "content", "contents", "goes", "placeholder"})
_FILLERS = _MARKS | frozenset(
    {"the", "some", "file", "actual", "real", "whole", "full", "text", "code", "of", "in", "this", "is"}
    | {"for", "a", "an", "here", "below", "example", "sample", "dummy"}
)
_FEWEST_WORDS = 4
_LINE = re.compile(r"\bline (\d+)")


def wrong_content(file: str, content: str, description: str = "") -> str | None:
    """Tell why a text cannot be the content of a file.

    Args:
        file: The file's name.
        content: The text; later values in it are taken for a number.
        description: What the user wants in it.

    Returns:
        The reason, or ``None`` when nothing is wrong.
    """
    if content.strip() in _NOTHING:
        return "it is empty"
    kind, check = _kind_of(PurePath(file).name.casefold())
    filled = without_placeholders(content)
    if check is not None and (wrong := check(filled)):
        return f"it is not valid {kind}, as the file's name says: {wrong}{_quoted(wrong, filled)}"
    if _stands_in(_plain(content), _plain(description)):
        return "it only stands in for the content; write the content itself"
    if _plain(content) == _plain(description) and len(_plain(content).split()) >= _FEWEST_WORDS:
        return "it only repeats the description; write the content itself"
    return None


def without_placeholders(content: str) -> str:
    """Put a number in the place of each value that is known only later.

    Args:
        content: A text.
    """
    return "".join("0" if isinstance(part, Placeholder) else part for part in parts(content))


def _quoted(wrong: str, text: str) -> str:
    """Quote the line that a reason names: who is told it has no text beside him."""
    named = _LINE.search(wrong)
    lines = text.splitlines()
    if named is None or not 0 < int(named[1]) <= len(lines):
        return ""
    line = lines[int(named[1]) - 1].strip()
    return "" if line in wrong else f"; it is {forms.shortened(line)}"


def _stands_in(text: str, description: str) -> bool:
    """Tell whether a text only says that a content should be there, unless that was asked for."""
    words = re.findall(r"\w+", text)
    if not words or words[0] in description:
        return False
    return bool(_STAND_IN.fullmatch(text)) or (_FILLERS.issuperset(words) and not _MARKS.isdisjoint(words))


def _plain(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.strip(_AROUND).casefold().splitlines())
    return "\n".join(line for line in lines if line)


def _kind_of(name: str) -> tuple[str, Callable[[str], str | None] | None]:
    """Give what the name of a file says of its content: a form, and what tells whether a text has it."""
    return _KINDS.get(name[name.rfind(".") :] if "." in name else name, ("", None))


def _json(text: str) -> str | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return str(error) or "it is nested too deep"
    return None


def _json_lines(text: str) -> str | None:
    wrong = ((number, _json(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    return next((f"line {number}: {told}" for number, told in wrong if told), None)


def _toml(text: str) -> str | None:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return str(error) or "it is nested too deep"
    return None


def _yaml(text: str) -> str | None:
    import yaml

    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            if isinstance(document, yaml.ScalarNode) and " " in document.value:
                return "it is one text, without keys and values"
    except (yaml.YAMLError, RecursionError) as error:
        return " ".join(str(error).split()) or "it is nested too deep"
    return None


def _python(text: str) -> str | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or "it is nested too deep"
    return None


def _xml(text: str) -> str | None:
    try:
        expat.ParserCreate().Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return str(error)
    return None


_KINDS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    ".json": ("JSON", _json),
    ".ipynb": ("JSON", _json),
    ".webmanifest": ("JSON", _json),
    ".jsonl": ("JSON", _json_lines),
    ".ndjson": ("JSON", _json_lines),
    ".toml": ("TOML", _toml),
    ".yaml": ("YAML", _yaml),
    ".yml": ("YAML", _yaml),
    ".py": ("Python", _python),
    ".xml": ("XML", _xml),
    ".svg": ("XML", _xml),
    ".html": ("HTML", forms.html),
    ".htm": ("HTML", forms.html),
    ".css": ("CSS", forms.css),
    ".csv": ("CSV", forms.table),
    ".service": ("syntax of a systemd unit", forms.unit),
    ".timer": ("syntax of a systemd unit", forms.unit),
    ".socket": ("syntax of a systemd unit", forms.unit),
    ".dockerfile": ("syntax of a Dockerfile", forms.dockerfile),
    "dockerfile": ("syntax of a Dockerfile", forms.dockerfile),
    "containerfile": ("syntax of a Containerfile", forms.dockerfile),
}
