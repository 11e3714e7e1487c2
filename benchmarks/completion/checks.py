"""What an answer must be beyond being valid: each check gives its name and whether it is passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from clockwork.containers.ports import parse_port
from clockwork.containers.volumes import parse_mount
from clockwork.credentials import names_credential
from completion.formats import FORMATS
from completion.prompts import Prompt

_FLAGS = re.IGNORECASE | re.MULTILINE
_FOLDER = r"\.|[\w.-]+(/[\w.-]+)*"
_PLACEHOLDER = re.compile(
    r"lorem ipsum|(your|insert|add) .{0,20}(content|text|code) here|(?<!/)\.\.\. ?$|TODO", _FLAGS
)

Verdict = tuple[str, bool]


def verdicts(prompt: Prompt, resource: Any) -> Iterator[Verdict]:
    """Check a completed resource.

    Args:
        prompt: What was asked, with its checks.
        resource: What was completed.
    """
    always = _of_any_file if prompt.kind == "files" else _of_any_container
    yield from always(resource)
    for name, wanted in prompt.checks.items():
        yield from CHECKS[name](resource, wanted)


def _of_any_file(file: Any) -> Iterator[Verdict]:
    yield "folder", re.fullmatch(_FOLDER, file.directory) is not None
    yield "mode is safe", not int(file.mode, 8) & 0o7022
    yield "content is finished", _PLACEHOLDER.search(file.content) is None
    yield "no code fence", not file.content.lstrip().startswith("```")


def _of_any_container(container: Any) -> Iterator[Verdict]:
    yield "image has a release's tag", re.search(r":(?!latest$)[\w.-]+$", container.image) is not None
    variables = container.env_vars or {}
    invented = [name for name, value in variables.items() if names_credential(name) and _is_literal(value)]
    yield "no password invented", not invented
    yield "name is a word", re.fullmatch(r"[a-z][a-z0-9-]{1,40}", container.name) is not None
    foreign = [mount for mount in map(parse_mount, container.volumes or []) if mount.source.startswith("/")]
    yield "nothing of the host mounted", not foreign


def _is_literal(value: str) -> bool:
    return bool(value) and not value.startswith("${") and value.lower() not in {"yes", "no", "true", "1"}


def _name(file: Any, wanted: str) -> Iterator[Verdict]:
    pattern = rf"[\w .-]+{wanted}" if wanted.startswith(r"\.") and wanted != r"\.gitignore" else wanted
    yield "name", re.fullmatch(pattern, file.name, re.IGNORECASE) is not None


def _has(file: Any, wanted: list[str]) -> Iterator[Verdict]:
    for pattern in wanted:
        yield f"has {pattern}", re.search(pattern, file.content, _FLAGS) is not None


def _parses(file: Any, wanted: str) -> Iterator[Verdict]:
    yield f"parses as {wanted}", FORMATS[wanted](file.content)


def _words(file: Any, wanted: int) -> Iterator[Verdict]:
    yield f"{wanted} words", len(file.content.split()) >= wanted


def _executable(file: Any, wanted: bool) -> Iterator[Verdict]:
    yield "executable", bool(int(file.mode, 8) & 0o100) is wanted


def _image(container: Any, wanted: str) -> Iterator[Verdict]:
    image = re.sub(r"^(docker\.io/)?(library/)?", "", container.image)
    yield "image", re.fullmatch(wanted, image) is not None


def _listens(container: Any, wanted: list[int]) -> Iterator[Verdict]:
    inside = {parse_port(text).container for text in container.ports or []}
    yield from ((f"listens on {port}", port in inside) for port in wanted)


def _published(container: Any, wanted: list[int]) -> Iterator[Verdict]:
    outside = {parse_port(text).host for text in container.ports or []}
    yield from ((f"published on {port}", port in outside) for port in wanted)


def _keeps(container: Any, wanted: str) -> Iterator[Verdict]:
    targets = [mount.target for mount in map(parse_mount, container.volumes or [])]
    yield "keeps its data", any(re.fullmatch(wanted, target) for target in targets)


def _mounts(container: Any, wanted: str) -> Iterator[Verdict]:
    sources = [mount.source for mount in map(parse_mount, container.volumes or [])]
    yield "mounts the folder", any(re.fullmatch(wanted, source.rstrip("/")) for source in sources)


def _env(container: Any, wanted: dict[str, str]) -> Iterator[Verdict]:
    found = container.env_vars or {}
    yield from ((f"{name}={value}", found.get(name) == value) for name, value in wanted.items())


CHECKS: dict[str, Callable[[Any, Any], Iterator[Verdict]]] = {
    "name": _name,
    "has": _has,
    "parses": _parses,
    "words": _words,
    "executable": _executable,
    "image": _image,
    "listens": _listens,
    "published": _published,
    "keeps": _keeps,
    "mounts": _mounts,
    "env": _env,
}
"""By the names that the prompts use."""
