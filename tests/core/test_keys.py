"""A key goes to the host that it belongs to, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clockwork.errors import ModelError
from clockwork.keys import KEYS_OF_HOSTS, key_for
from clockwork.settings import DEFAULT_BASE_URL, Settings
from support.completing import Completing, Note
from support.fake_endpoint import FakeEndpoint, Reply, fake_endpoint

MINE = "sk-mine"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person has one key of his own choice, and one of each service."""
    for name in ("CW_MODEL", "CW_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in KEYS_OF_HOSTS.values():
        monkeypatch.setenv(name, f"sk-{name}")
    monkeypatch.setenv("CW_API_KEY", MINE)


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    with fake_endpoint(lambda request: {"name": "tea.md"}) as running:
        yield running


def named_by_the_project(folder: Path, base_url: str) -> Settings:
    (folder / "pyproject.toml").write_text(f'[tool.clockwork]\nbase-url = "{base_url}"\n')
    return Settings.load(folder)


def key_of(settings: Settings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


def test_an_endpoint_of_ones_own_choice_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_of(Settings.load(tmp_path)) == MINE
    assert key_of(Settings.load(tmp_path, {"base_url": "https://models.example.com/v1"})) == MINE
    monkeypatch.setenv("CW_BASE_URL", "https://models.example.com/v1")
    assert key_of(Settings.load(tmp_path)) == MINE
    assert not Settings.load(tmp_path).key_is_withheld


def test_an_endpoint_that_only_the_projects_file_names_gets_none(tmp_path: Path) -> None:
    settings = named_by_the_project(tmp_path, "https://models.example.com/v1")
    assert key_of(settings) is None
    project = Completing(tmp_path)
    project.settings = settings
    with pytest.raises(ModelError, match="a key is never sent") as caught:
        project.run(project.placed(a=Note(description="tea", mode="644")))
    assert "export CW_BASE_URL=https://models.example.com/v1" in str(caught.value.hint)


def test_the_persons_own_word_lets_it_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_BASE_URL", "https://models.example.com/v1")
    assert key_of(named_by_the_project(tmp_path, "https://models.example.com/v1")) == MINE
    monkeypatch.setenv("CW_BASE_URL", "https://elsewhere.example.com/v1")
    assert key_of(named_by_the_project(tmp_path, "https://models.example.com/v1")) == MINE


def test_a_server_on_this_machine_is_used_without_a_key(tmp_path: Path, server: FakeEndpoint) -> None:
    project = Completing(tmp_path)
    project.settings = named_by_the_project(tmp_path, server.url)
    project.run(project.placed(a=Note(description="tea", mode="644")))
    assert MINE not in server.requests[0].everything


def test_a_services_own_key_goes_to_its_host_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CW_API_KEY")
    assert key_of(Settings.load(tmp_path)) == "sk-OPENROUTER_API_KEY"
    for host, name in KEYS_OF_HOSTS.items():
        assert key_of(named_by_the_project(tmp_path, f"https://{host}/v1")) == f"sk-{name}"
    for other in ("http://api.openai.com/v1", "https://api.openai.com.evil.example/v1", "https://x/v1"):
        assert key_of(named_by_the_project(tmp_path, other)) is None
    assert key_for("https://[bad", {"OPENAI_API_KEY": "x"}, is_trusted=False).text is None


def test_a_services_own_key_is_used_where_the_file_names_that_service(tmp_path: Path) -> None:
    settings = named_by_the_project(tmp_path, "https://api.openai.com/v1")
    assert (key_of(settings), settings.key_is_withheld) == ("sk-OPENAI_API_KEY", False)
    assert key_of(named_by_the_project(tmp_path, DEFAULT_BASE_URL)) == MINE


def test_no_key_follows_a_redirection_to_another_host(tmp_path: Path, server: FakeEndpoint) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost") + "/chat/completions"
    with fake_endpoint(lambda request: Reply(307, "", {"Location": elsewhere})) as first:
        project = Completing(tmp_path, first.url, api_key=MINE)
        with pytest.raises(ModelError, match="what came is no chat completion"):
            project.run(project.placed(a=Note(description="tea", mode="644")))
    assert MINE in first.requests[0].everything
    assert server.requests == []


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("anthropic:claude-sonnet-4-5", "pip install 'pydantic-ai-slim[anthropic]'"),
        ("nobody:has-this", "Unknown"),
    ],
)
def test_a_model_of_a_provider_that_cannot_be_used(model: str, said: str, tmp_path: Path) -> None:
    project = Completing(tmp_path)
    project.settings = Settings(model=model)
    with pytest.raises(ModelError) as caught:
        project.run(project.placed(a=Note(description="tea", mode="644")))
    assert said in f"{caught.value}\n{caught.value.hint}"


def test_a_name_with_a_colon_is_a_plain_name_where_an_endpoint_is_chosen() -> None:
    assert Settings(model="anthropic:claude").provider == "anthropic"
    assert Settings(model="mistral:7b", base_url="http://127.0.0.1:11434/v1").provider is None
    assert Settings(model="meta-llama/llama-4-scout:free").provider is None
    assert Settings(model="local:small").provider is None
