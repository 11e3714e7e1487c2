"""Whether a text is of the form that its name promises."""

from __future__ import annotations

import configparser
import csv
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser

import yaml

_INSTRUCTION = re.compile(
    r"(FROM|RUN|CMD|COPY|ADD|WORKDIR|EXPOSE|ENV|ARG|ENTRYPOINT|USER|LABEL|VOLUME|HEALTHCHECK|SHELL|STOPSIGNAL)\s"
)
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_LEFT_OPEN = {"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead"}


def _read_by(read: Callable[[str], object], *faults: type[Exception]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except faults:
            return False
        return True

    return check


def _ini(text: str) -> None:
    configparser.RawConfigParser(strict=False, allow_no_value=False).read_string(text)


def _is_shell(text: str) -> bool:
    return subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True).returncode == 0


def _is_dockerfile(text: str) -> bool:
    joined = re.sub(r"\\\n", " ", text)
    lines = [
        line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    return bool(lines) and all(_INSTRUCTION.match(line) for line in lines)


def _is_sql(text: str) -> bool:
    bare = re.sub(r"--.*|/\*.*?\*/|'[^']*'", "", text)
    statements = [one for one in bare.split(";") if one.strip()]
    begun = all(
        re.match(r"\s*(CREATE|ALTER|DROP|INSERT|USE|SET|COMMENT|BEGIN|COMMIT)\b", s, re.I) for s in statements
    )
    return begun and bare.count("(") == bare.count(")") and bare.rstrip().endswith(";")


def _has_closed_braces(text: str) -> bool:
    bare = re.sub(r"#.*|/\*.*?\*/", "", text, flags=re.DOTALL if "/*" in text else 0)
    return "{" in bare and bare.count("{") == bare.count("}")


def _is_css(text: str) -> bool:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "{" in bare and bare.count("{") == bare.count("}") and bare.rstrip().endswith("}")


def _is_csv(text: str) -> bool:
    rows = [row for row in csv.reader(text.strip().splitlines()) if row]
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


class _Tags(HTMLParser):
    """Follows which elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.is_sound = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in _LEFT_OPEN:
            self.open.pop()
        self.is_sound &= bool(self.open) and self.open[-1] == tag
        if self.open:
            self.open.pop()


def _is_html(text: str) -> bool:
    tags = _Tags()
    tags.feed(text)
    tags.close()
    return tags.is_sound and not tags.open


FORMATS: dict[str, Callable[[str], bool]] = {
    "json": _read_by(json.loads, ValueError),
    "toml": _read_by(tomllib.loads, tomllib.TOMLDecodeError),
    "yaml": _read_by(yaml.safe_load, yaml.YAMLError),
    "ini": _read_by(_ini, configparser.Error),
    "shell": _is_shell,
    "dockerfile": _is_dockerfile,
    "html": _is_html,
    "css": _is_css,
    "sql": _is_sql,
    "braces": _has_closed_braces,
    "csv": _is_csv,
}
"""By the names that the prompts use."""
