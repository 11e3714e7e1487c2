"""Settings: what is wrong is told with the place where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork.errors import UsageError
from clockwork.settings import Settings


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CW_MODEL", "CW_BASE_URL", "CW_STACK", "CW_PARALLEL", "CW_PROJECT_NAME", "CW_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)


def refused(folder: Path, toml: str = "", **chosen: object) -> UsageError:
    (folder / "pyproject.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        Settings.load(folder, chosen)
    return caught.value


def test_the_command_line_goes_before_the_environment_and_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_STACK", "test")
    monkeypatch.setenv("CW_MODEL", "")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.clockwork]\nstack = "a"\nmodel = "small"\nbase-url = "http://h/v1"\n'
    )
    settings = Settings.load(tmp_path, {"base_url": "http://other/v1", "stack": None})
    assert (settings.stack, settings.model, settings.base_url) == ("test", "small", "http://other/v1")


@pytest.mark.parametrize("toml", ["tool = 3\n", "[tool]\nclockwork = 3\n"])
def test_a_table_that_is_none(tmp_path: Path, toml: str) -> None:
    error = refused(tmp_path, toml)
    assert "must be a table" in error.message
    assert error.file == tmp_path / "pyproject.toml"


def test_an_unknown_setting_is_told_with_its_line_and_what_exists(tmp_path: Path) -> None:
    error = refused(tmp_path, '[project]\nname = "x"\n\n[tool.clockwork]\nmodel = "m"\nbase-ulr = "x"\n')
    assert error.message == "there is no setting 'base-ulr'; did you mean 'base-url'?"
    assert (error.file, error.line) == (tmp_path / "pyproject.toml", 6)
    assert "completion-retries" in (error.hint or "")
    assert "api" not in (error.hint or "")


def test_a_wrong_value_in_the_file_has_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, "[tool.other]\nparallel = 1\n[tool.clockwork]\nparallel = 0\n")
    assert error.message == "expected at least 1, got 0"
    assert (error.field, error.line) == ("tool.clockwork.parallel", 4)


def test_a_wrong_value_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_PARALLEL", "many")
    assert refused(tmp_path).message == "CW_PARALLEL: expected a whole number, got 'many'"


def test_several_wrong_values_are_all_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_PARALLEL", "many")
    error = refused(tmp_path, "[tool.clockwork]\ncompletion-retries = -1\n", providers="none")
    assert error.message.splitlines() == [
        "3 settings are wrong:",
        "  --providers: expected 'embedded' or 'official', got 'none'",
        "  CW_PARALLEL: expected a whole number, got 'many'",
        f"  {tmp_path / 'pyproject.toml'}:2, tool.clockwork.completion-retries: expected at least 0, got -1",
    ]


def test_all_that_is_wrong_in_the_file_is_told_at_once(tmp_path: Path) -> None:
    toml = (
        '[tool.clockwork]\nmodle = "m"\nparallel = 0\nbase-url = "http://me:hunter2@host/v1"\n'
        'api-key = "sk-1234"\nstack = "a"\nproject-name = "my shop!"\nproject_name = "shop"\n'
    )
    error = refused(tmp_path, toml, providers="none")
    place = f"  {tmp_path / 'pyproject.toml'}:{{}}, tool.clockwork.{{}}: "
    shared = "a credential does not belong in a file that is shared"
    assert error.message.splitlines() == [
        "7 settings are wrong:",
        "  --providers: expected 'embedded' or 'official', got 'none'",
        place.format(2, "modle") + "there is no setting 'modle'; did you mean 'model'?",
        place.format(3, "parallel") + "expected at least 1, got 0",
        place.format(4, "base-url") + shared,
        place.format(5, "api-key") + shared,
        place.format(7, "project-name")
        + "expected letters, digits, '_', '.' and '-', such as shop or web-site; got 'my shop!'",
        place.format(8, "project_name") + "it is written twice, as project-name and as project_name",
    ]
    assert "sk-1234" not in str(error)
    assert "hunter2" not in str(error)
    assert (error.hint or "").splitlines() == [
        "The settings are model, base-url, stack, project-name, backend-url, providers, allow-commands, "
        "guard, mcp, parallel, completion-concurrency, completion-retries, completion-timeout, "
        "completion-reasons, max-calls, max-tokens.",
        "Set CW_BASE_URL in the environment instead.",
        "Set CW_API_KEY in the environment instead.",
    ]


def test_a_wrong_server_and_a_wrong_guard_are_told_at_their_tables(tmp_path: Path) -> None:
    error = refused(tmp_path, '[tool.clockwork]\nmodel = "x"\n[tool.clockwork.mcp.tea]\ncomand = "y"\n')
    assert "pyproject.toml:3" in str(error)
    assert "did you mean 'command'?" in str(error)
    error = refused(tmp_path, '[tool.clockwork.guard]\nalow = ["credential"]\n')
    assert "pyproject.toml:1" in str(error)
    assert "did you mean 'allow'?" in str(error)


@pytest.mark.parametrize("setting", ["stack", "project-name"])
def test_a_name_that_is_none_is_told_in_words(tmp_path: Path, setting: str) -> None:
    error = refused(tmp_path, f'[tool.clockwork]\n{setting} = "my shop!"\n')
    assert "letters, digits" in error.message
    assert "such as" in error.message
    assert "got 'my shop!'" in error.message
    assert "[A-Z" not in error.message


@pytest.mark.parametrize("name", ["api_key", "api-key"])
def test_a_key_does_not_belong_in_the_file(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, f'[tool.clockwork]\n{name} = "sk-1234"\n')
    assert "does not belong in a file that is shared" in error.message
    assert "sk-1234" not in str(error)
    assert "CW_API_KEY" in (error.hint or "")


@pytest.mark.parametrize(
    ("setting", "url", "variable"),
    [
        ("base-url", "http://me:hunter2@host/v1", "CW_BASE_URL"),
        ("base_url", "http://hunter2@host/v1", "CW_BASE_URL"),
        ("backend-url", "postgres://me:hunter2@db/state", "CW_BACKEND_URL"),
        ("backend-url", "azblob://state?sas=hunter2", "CW_BACKEND_URL"),
    ],
)
def test_a_password_in_an_address_does_not_belong_in_the_file(
    tmp_path: Path, setting: str, url: str, variable: str
) -> None:
    error = refused(tmp_path, f'[tool.clockwork]\n{setting} = "{url}"\n')
    assert "does not belong in a file that is shared" in error.message
    assert error.line == 2
    assert "hunter2" not in str(error)
    assert variable in (error.hint or "")


def test_a_setting_written_twice(tmp_path: Path) -> None:
    error = refused(tmp_path, '[tool.clockwork]\nbase-url = "http://a"\nbase_url = "http://b"\n')
    assert "twice" in error.message


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    error = refused(tmp_path, "[tool.clockwork\n")
    assert "not valid TOML" in error.message
    assert error.line == 1
