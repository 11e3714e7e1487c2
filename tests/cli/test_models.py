"""``clockwork models``: what is reachable, what would be used and why, and a trial."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clockwork.completion.servers import places_here
from support.command import clockwork
from support.fake_endpoint import FakeEndpoint, Reply, failure, fake_endpoint

LISTED = {"data": [{"id": "small"}, {"id": "large", "max_model_len": 8192}, {"id": "text-embedding-3"}]}
OLLAMA = {
    "/v1/models": {"data": [{"id": "qwen:7b"}]},
    "/api/tags": {"models": [{"name": "qwen:7b"}]},
    "/api/show": {"capabilities": ["completion", "tools"], "model_info": {"qwen2.context_length": 32768}},
}


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    with fake_endpoint(lambda request: {"name": "tea.md"}) as running:
        running.pages = {"/v1/models": LISTED}
        yield running


@pytest.fixture
def ollama() -> Iterator[dict[str, str]]:
    """The variable by which a server that speaks as Ollama does is found."""
    with fake_endpoint(lambda request: {"name": "tea.md"}) as running:
        running.pages = dict(OLLAMA)
        yield {"OLLAMA_HOST": f"127.0.0.1:{running.server_address[1]}"}


def run(*words: str, cwd: Path, code: int = 0, **environment: str) -> tuple[str, Any]:
    """Run it for people and for programs."""
    told = clockwork("models", *words, cwd=cwd, **environment)
    assert told.returncode == code, told.stderr + told.stdout
    document = clockwork("models", *words, "--json", cwd=cwd, **environment)
    assert document.returncode == code
    return " ".join((told.stdout + told.stderr).split()), json.loads(document.stdout)


def test_the_chosen_endpoint_and_why(server: FakeEndpoint, tmp_path: Path) -> None:
    told, document = run(cwd=tmp_path, CW_BASE_URL=server.url, CW_MODEL="large", CW_API_KEY="sk-mine")
    assert f"large at {server.url} model from CW_MODEL, base-url from CW_BASE_URL" in told
    assert "it is there" in told
    assert "8,192 tokens" in told
    assert "embedding" not in told
    assert document["problem"] is None
    assert [model["name"] for model in document["chosen"]["models"]] == ["small", "large"]
    assert server.visits[0].headers["authorization"] == "Bearer sk-mine"
    assert server.requests == []


def test_who_chose_is_told(server: FakeEndpoint, tmp_path: Path) -> None:
    table = f'[tool.clockwork]\nbase-url = "{server.url}"\nmodel = "small"\n'
    (tmp_path / "pyproject.toml").write_text(table)
    told, document = run("--model", "large", cwd=tmp_path)
    assert "model from --model, base-url from pyproject.toml" in told
    assert document["reasons"] == {"model": "--model", "base_url": "pyproject.toml"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (failure(401, "no such key"), "refuses the key (HTTP 401)"),
        (Reply(200, {"models": []}), "does not list its models (HTTP 200)"),
        (Reply(500, "broken"), "does not list its models (HTTP 500)"),
        ({"data": [{"id": "another"}]}, "does not list the model small"),
    ],
)
def test_what_is_known_against_it(page: Any, said: str, server: FakeEndpoint, tmp_path: Path) -> None:
    server.pages = {"/v1/models": page}
    given = {"CW_BASE_URL": server.url, "CW_MODEL": "small", "CW_API_KEY": "sk-mine"}
    told, document = run(cwd=tmp_path, code=1, **given)
    assert said in told
    assert said in document["problem"]
    assert "sk-mine" not in told + json.dumps(document)


def test_llama_cpp_with_one_model_answers_to_any_name(server: FakeEndpoint, tmp_path: Path) -> None:
    server.pages = {"/v1/models": {"data": [{"id": "qwen.gguf", "owned_by": "llamacpp"}]}}
    told, document = run(cwd=tmp_path, CW_BASE_URL=server.url, CW_MODEL="small")
    assert "qwen.gguf is there, and answers to any name" in told
    assert document["problem"] is None
    two = [{"id": name, "owned_by": "llamacpp"} for name in ("qwen.gguf", "gemma.gguf")]
    server.pages = {"/v1/models": {"data": two}}
    told, _document = run(cwd=tmp_path, code=1, CW_BASE_URL=server.url, CW_MODEL="small")
    assert "does not list the model small" in told


def test_an_endpoint_that_is_down(tmp_path: Path) -> None:
    told, _document = run(cwd=tmp_path, code=1, CW_BASE_URL="http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1 cannot be reached" in told


def test_without_any_choice_what_runs_here_is_offered(ollama: dict[str, str], tmp_path: Path) -> None:
    told, document = run(cwd=tmp_path, code=1, OLLAMA_HOST=ollama["OLLAMA_HOST"])
    address = f"http://{ollama['OLLAMA_HOST']}/v1"
    assert "there is no key for https://openrouter.ai/api/v1: set CW_API_KEY" in told
    assert f"Ollama at {address} qwen:7b completion, tools · 32,768 tokens" in told
    assert f"use it: export CW_BASE_URL={address} CW_MODEL=qwen:7b" in told
    assert document["here"][0]["models"][0]["abilities"] == ["completion", "tools"]


def test_the_error_of_a_plan_offers_it_too(ollama: dict[str, str], tmp_path: Path) -> None:
    program = "from clockwork.resources import FileResource\nnote = FileResource(description='a note')\n"
    (tmp_path / "main.py").write_text(program)
    told = clockwork("apply", "--dry-run", cwd=tmp_path, **ollama)
    assert told.returncode == 1
    chosen = f"export CW_BASE_URL=http://{ollama['OLLAMA_HOST']}/v1 CW_MODEL=qwen:7b (Ollama)"
    assert f"running here: {chosen}" in " ".join(told.stderr.split())


def test_nothing_beyond_this_machine_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://models.example.com:11434/")
    assert places_here()[0] == ("Ollama", "http://models.example.com:11434/v1")
    import asyncio

    from clockwork.completion.servers import running_here

    assert asyncio.run(running_here([places_here()[0]])) == []


def test_a_proxy_is_not_asked_for_what_runs_here(
    server: FakeEndpoint, ollama: dict[str, str], tmp_path: Path
) -> None:
    proxy = {"HTTP_PROXY": server.url, "http_proxy": server.url, "NO_PROXY": "", "no_proxy": ""}
    _told, document = run(cwd=tmp_path, code=1, **ollama, **proxy)
    assert [found["kind"] for found in document["here"]] == ["Ollama"]
    assert server.visits == []


def test_a_trial(server: FakeEndpoint, tmp_path: Path) -> None:
    told, document = run("test", cwd=tmp_path, CW_BASE_URL=server.url, CW_MODEL="small")
    assert f"small at {server.url}" in told
    assert "named a note about tea tea.md" in told
    assert "asked in mode native" in told
    assert document["cost"]["calls"] == 1
    assert [*tmp_path.iterdir()] == []


def test_a_trial_that_fails(tmp_path: Path) -> None:
    told = clockwork("models", "test", cwd=tmp_path, CW_BASE_URL="http://127.0.0.1:9/v1")
    assert told.returncode == 1
    assert "cannot be reached" in told.stderr
    assert "still missing" not in told.stderr


@pytest.mark.parametrize("state", ["not-loaded", "loaded"])
def test_lm_studio_is_told_to_load_the_model(state: str, server: FakeEndpoint, tmp_path: Path) -> None:
    known = {"id": "small", "state": state, "max_context_length": 4096}
    server.pages = {"/api/v0/models": {"data": [known]}, "/api/v1/models/load": {"status": "loaded"}}
    told = clockwork("models", "test", cwd=tmp_path, CW_BASE_URL=server.url, CW_MODEL="small")
    assert told.returncode == 0, told.stderr
    loads = [visit.body for visit in server.visits if visit.path == "/api/v1/models/load"]
    assert loads == ([{"model": "small"}] if state == "not-loaded" else [])
    assert ("LM Studio loads small" in told.stderr) == (state == "not-loaded")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("127.0.0.1:many", "http://127.0.0.1:11434/v1"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("[::]:11500", "http://127.0.0.1:11500/v1"),
        ("http://[::1]", "http://[::1]:11434/v1"),
        ("https://models.example.com/", "https://models.example.com:443/v1"),
    ],
)
def test_what_the_variable_of_ollama_means(host: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert places_here()[0] == ("Ollama", address)
