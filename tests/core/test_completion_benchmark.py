"""What measures completion: its prompts are whole, and its checks tell right from wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from completion.prompts import Prompt

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _benchmarks_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def all_prompts() -> list[Prompt]:
    from completion.prompts import prompts

    return list(prompts())


def failed(prompt: Prompt, values: dict[str, Any]) -> Iterator[str]:
    from completion.checks import verdicts

    return (name for name, passed in verdicts(prompt, SimpleNamespace(**values)) if not passed)


def prompt_named(name: str) -> Prompt:
    return next(prompt for prompt in all_prompts() if prompt.name == name)


def test_a_third_of_the_prompts_is_kept_aside() -> None:
    found = all_prompts()
    aside = [prompt for prompt in found if prompt.held_out]
    assert len(found) == len({prompt.name for prompt in found}) >= 40
    assert len(found) // 3 - 1 <= len(aside) <= len(found) // 3 + 1
    assert {prompt.kind for prompt in aside} == {"files", "containers"}


def test_every_prompt_makes_a_resource_and_names_known_checks() -> None:
    from completion.checks import CHECKS
    from completion.formats import FORMATS

    for prompt in all_prompts():
        assert prompt.resource().missing_fields()
        assert prompt.checks.keys() <= CHECKS.keys(), prompt.name
        assert prompt.checks.get("parses", "json") in FORMATS, prompt.name


GOOD_SCRIPT = {
    "name": "backup.sh",
    "directory": "scripts",
    "mode": "755",
    "content": '#!/bin/sh\ntar czf "data-$(date +%F).tar.gz" data\n',
}
GOOD_WEB = {
    "name": "web",
    "image": "nginx:1.27-alpine",
    "ports": ["8080:80"],
    "volumes": ["./site:/usr/share/nginx/html:ro"],
    "env_vars": {},
}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("script-backup", GOOD_SCRIPT, {"name": "notes.md"}),
        ("script-backup", GOOD_SCRIPT, {"mode": "644"}),
        ("script-backup", GOOD_SCRIPT, {"mode": "4755"}),
        ("script-backup", GOOD_SCRIPT, {"directory": "/usr/bin"}),
        ("script-backup", GOOD_SCRIPT, {"content": "#!/bin/sh\nif tar; date\n"}),
        ("script-backup", GOOD_SCRIPT, {"content": "```sh\n#!/bin/sh\ntar\ndate\n```"}),
        ("web-server", GOOD_WEB, {"image": "nginx:latest"}),
        ("web-server", GOOD_WEB, {"image": "httpd:2.4"}),
        ("web-server", GOOD_WEB, {"ports": ["80:8080"]}),
        ("web-server", GOOD_WEB, {"volumes": ["/srv/site:/usr/share/nginx/html"]}),
        ("web-server", GOOD_WEB, {"env_vars": {"DB_PASSWORD": "hunter2"}}),
    ],
)
def test_a_check_tells_right_from_wrong(name: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    prompt = prompt_named(name)
    assert not [*failed(prompt, good)]
    assert [*failed(prompt, {**good, **bad})]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("json", '{"a": 1}', "{'a': 1}"),
        ("toml", "[a]\nb = 1", "[a\nb"),
        ("yaml", "a:\n  - b", "a: [b"),
        ("ini", "[Unit]\nA=b", "A=b"),
        ("shell", "ls | wc", "ls | | wc"),
        ("dockerfile", "# it\nFROM a:1\nRUN a \\\n  b", "Here it is:\nFROM a:1"),
        ("html", "<html><p>a<p>b<br></html>", "<html><div></html>"),
        ("css", "a { b: c }", "a { b: c"),
        ("sql", "-- it\nCREATE TABLE a (b INT);", "The table:\nCREATE TABLE a (b INT);"),
        ("braces", "server { a b; }", "server { a b;"),
        ("csv", "a,b\n1,2", "a,b\n1,2,3"),
    ],
)
def test_a_form_tells_right_from_wrong(form: str, good: str, bad: str) -> None:
    from completion.formats import FORMATS

    assert FORMATS[form](good)
    assert not FORMATS[form](bad)
