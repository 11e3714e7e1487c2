"""Secrets planted wherever a project may have them are in nothing that Clockwork shows, sends or writes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork, install_plugin
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint

SECRETS = {
    "DB_PASSWORD": "planted-in-env-q7",
    "ODD_PASSWORD": 'planted-"odd"\'s-\\é\nplanted-below-q7',
    "CW_API_KEY": "planted-as-key-q7",
    "OPENAI_API_KEY": "planted-other-key-q7",
}
IN_FILE, IN_FIELD = "planted-in-file-q7", "planted-in-field-q7"
EVERY = re.compile(r"planted-.{0,20}")

PLUGIN = """
from typing import Any, Optional

from pydantic import SecretStr

from clockwork import Resource, completable, hookimpl
from clockwork_file.resource import FileResource


class Vault(FileResource):
    token: Optional[SecretStr] = completable("the token")


@hookimpl
def clockwork_resource_types():
    yield Vault
"""
MAIN = f"""
from clockwork import Secret
from clockwork.resources import FileResource, Vault

db_password = Secret.from_env("DB_PASSWORD")
odd_password = Secret.from_env("ODD_PASSWORD")
from_file = Secret.from_file("token.txt")

settings = FileResource(description="the settings", path="settings.ini", mode="600")
settings.content = f"a={{db_password}}\\nb={{from_file}}\\nc={{odd_password}}\\n"
note = FileResource(description="a note on the settings", mode="644").connect(settings)
vault = Vault(description="a vault", token="{IN_FIELD}", content="some words", mode="644", directory=".")
"""


@pytest.fixture
def planted(project: Path, tmp_path: Path) -> Path:
    install_plugin(tmp_path / "site", "vault", PLUGIN)
    (project / "main.py").write_text(MAIN)
    (project / "token.txt").write_text(IN_FILE)
    return project


def answer(request: Request) -> Any:
    """A model that names the secret as it is told to."""
    if not request.fields:
        return "The password is ${secret:db_password}."
    name = "note.md" if "directory" in request.fields else "vault.txt"
    return {field: {"name": name, "directory": "."}[field] for field in request.fields}


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with fake_endpoint(answer) as server:
        yield server


def run(folder: Path, endpoint: FakeEndpoint, *command: str) -> subprocess.CompletedProcess[str]:
    site = str(folder.parent / "site")
    asked = {"CW_BASE_URL": endpoint.url, "CW_MODEL": "fake", "PYTHONPATH": site, "CW_LOG_LEVEL": "debug"}
    return clockwork(*command, cwd=folder, **SECRETS, **asked)


def assert_clean(*texts: str) -> None:
    for text in texts:
        assert not EVERY.findall(text)


@pytest.mark.engine
def test_nowhere(planted: Path, endpoint: FakeEndpoint) -> None:
    commands = [
        ("plan",),
        ("plan", "--json"),
        ("prompt", "note"),
        ("show",),
        ("show", "--json"),
        ("why", "note.content"),
        ("graph",),
        ("apply", "--yes"),
        ("apply", "--yes", "--json"),
        ("assert", "--json"),
        ("lock",),
        ("outputs", "--json"),
        ("lock", "--json"),
        ("prompt", "note", "--json"),
        ("graph", "--json"),
        ("refresh", "--json"),
        ("models", "test", "--json"),
    ]
    for command in commands:
        done = run(planted, endpoint, *command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert_clean(done.stdout, done.stderr)
    assert (planted / "settings.ini").read_text() == (
        f"a={SECRETS['DB_PASSWORD']}\nb={IN_FILE}\nc={SECRETS['ODD_PASSWORD']}\n"
    )
    assert (planted / "note.md").read_text().strip() == f"The password is {SECRETS['DB_PASSWORD']}."
    assert_clean((planted / "clockwork.lock").read_text())
    assert "${secret:db_password}" in (planted / "clockwork.lock").read_text()
    for request in endpoint.requests:
        assert "token" not in request.fields
        assert request.headers["authorization"] == f"Bearer {SECRETS['CW_API_KEY']}"
        assert_clean(json.dumps(request.body))
    kept = [file for file in (planted / ".clockwork").rglob("*") if file.is_file()]
    assert kept
    for file in kept:
        assert_clean(file.read_bytes().decode("utf-8", "replace"))


@pytest.mark.engine
@pytest.mark.parametrize("told", [(), ("--debug",), ("--json",), ("--debug", "--json")])
def test_not_in_errors_and_tracebacks(planted: Path, endpoint: FakeEndpoint, told: tuple[str, ...]) -> None:
    (planted / "settings.ini").mkdir()
    failed = run(planted, endpoint, "apply", "--yes", *told)
    assert failed.returncode == 1
    assert_clean(failed.stdout, failed.stderr)
    with (planted / "main.py").open("a") as main:
        main.write("raise ValueError(vault, settings, db_password, odd_password)\n")
    failed = run(planted, endpoint, "plan", *told)
    assert failed.returncode == 1
    assert_clean(failed.stdout, failed.stderr)
