"""Forms that Python has no reader for: what a text of each form is never without."""

from __future__ import annotations

import csv
import re

_INSTRUCTIONS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"}
    | {"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_NOT_CODE = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_LONGEST = 40


def dockerfile(text: str) -> str | None:
    """Tell why a text is no Dockerfile; one with texts of its own inside is not looked into.

    Args:
        text: What a model wrote.
    """
    if "<<" in text or "escape=" in text:
        return None
    lines = _told(re.sub(r"\\[ \t]*\n(?:[ \t]*(?:#.*)?\n)*", " ", text))
    words = [line.split()[0].upper() for line in lines]
    foreign = next((line for line, word in zip(lines, words, strict=True) if word not in _INSTRUCTIONS), None)
    if foreign is not None:
        return f"{shortened(foreign)} is no instruction"
    return None if words and words[0] in {"FROM", "ARG"} else "its first instruction is not FROM"


def unit(text: str) -> str | None:
    """Tell why a text is no unit of systemd.

    Args:
        text: What a model wrote.
    """
    lines = _told(re.sub(r"\\\n", " ", text), "#;")
    if not lines or not _is_section(lines[0]):
        return "it does not begin with a section such as [Unit]"
    wrong = next((line for line in lines if not _is_section(line) and "=" not in line), None)
    return None if wrong is None else f"{shortened(wrong)} is neither a [Section] nor a Name=value"


def html(text: str) -> str | None:
    """Tell why a text is no page in HTML, or not all of one.

    Args:
        text: What a model wrote; a template's own marks may stand before it.
    """
    bare = text.strip().casefold()
    if not bare.startswith(("<", "{")):
        return "it does not begin with a tag"
    return "it ends before </html>" if "<html" in bare and "</html>" not in bare else None


def css(text: str) -> str | None:
    """Tell why a text is no stylesheet.

    Args:
        text: What a model wrote.
    """
    bare = _NOT_CODE.sub("", text)
    opened, closed = bare.count("{"), bare.count("}")
    return None if opened == closed else f"it has {opened} {{ and {closed} }}"


def table(text: str) -> str | None:
    """Tell why a text is no table of values with commas between them.

    Args:
        text: What a model wrote.
    """
    rows = [row for row in csv.reader(text.splitlines(keepends=True)) if row]
    first = len(rows[0]) if rows else 0
    for number, row in enumerate(rows, start=1):
        if len(row) != first:
            return f"row {number} has {len(row)} values, the first row {first}; put quotes around a comma"
    return None


def _told(text: str, comments: str = "#") -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and line[0] not in comments]


def _is_section(line: str) -> bool:
    return line.startswith("[") and line.endswith("]")


def shortened(line: str) -> str:
    """Quote a line of a text, the beginning of a long one.

    Args:
        line: The line.
    """
    return repr(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}...")
