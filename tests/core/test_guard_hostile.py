"""Ten thousand hostile answers: none leaves the project folder, and none reaches the engine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clockwork_apple_container.plugin
import clockwork_docker.plugin
import clockwork_file.plugin
import clockwork_git.plugin
from clockwork.completion.draft import Draft, RejectedError
from clockwork.containers.volumes import parse_mount
from clockwork.errors import CompletionError
from clockwork.guard.policy import Guard
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork_apple_container.resource import AppleContainerResource
from clockwork_docker.resource import DockerResource
from clockwork_file.resource import FileResource
from clockwork_git.resource import GitRepoResource

PARTS = st.sampled_from(
    [
        ".",
        "..",
        "~",
        "",
        "docs",
        "out",
        "hooks",
        "deep",
        "deep/../..",
        ".git",
        ".GIT",
        ".env",
        ".ssh",
        "etc",
        "passwd",
        "main.py",
        "MAIN.PY",
        "clockwork.lock",
        ".clockwork",
        "json.py",
        "conftest.py",
        "sitecustomize.py",
        "authorized_keys",
        "venv",
        "．．",
        "․․",
        ".. ",
        "..\u200b",
        "\u202e..",
        "C:",
        "-rf",
        "nul",
        "$(id)",
        "`id`",
        "x\x00",
        "\n",
        "${ref:other.name}",
        "${secret:key}",
        "$${ref:other.name}",
        "notes.md",
        "a b",
        "%2e%2e",
        "..;",
        "x" * 300,
    ]
)
SEPARATORS = st.sampled_from(["/", "//", "\\", "\uff0f", "\u2215", "/./", ":"])
STARTS = st.sampled_from(["", "/", "~/", "./", "../", "//", "file://", "C:\\", "\\\\host\\"])
TEXTS = st.one_of(
    st.builds(
        lambda start, parts, separator: start + separator.join(parts),
        STARTS,
        st.lists(PARTS, max_size=5),
        SEPARATORS,
    ),
    st.text(max_size=30),
    st.text(st.sampled_from("./~\\$: -\u200b\uff0eab"), max_size=12),
)
MODES = st.one_of(st.from_regex(r"0?[0-7]{3,4}", fullmatch=True), TEXTS)
KEYS = st.sampled_from(["DB_PASSWORD", "TOKEN", "apiKey", "TZ", "PATH"])
MOUNTS = st.one_of(
    TEXTS,
    st.builds(
        "{}:{}".format, TEXTS, st.sampled_from(["/x", "/var/run/docker.sock", "relative", "/", "/x:ro"])
    ),
)
FILES = st.fixed_dictionaries(
    {}, optional={"name": TEXTS, "directory": TEXTS, "mode": MODES, "content": TEXTS}
)
CONTAINERS = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "image": TEXTS,
        "ports": st.lists(TEXTS, max_size=2),
        "volumes": st.lists(MOUNTS, max_size=2),
        "env_vars": st.dictionaries(KEYS | TEXTS, TEXTS, max_size=2),
    },
)
REPOSITORIES = st.fixed_dictionaries({}, optional={"dest": TEXTS, "repo_url": TEXTS})
ANSWERS = st.one_of(
    st.tuples(st.just(FileResource), FILES),
    st.tuples(st.just(FileResource), FILES),
    st.tuples(st.sampled_from([DockerResource, AppleContainerResource]), CONTAINERS),
    st.tuples(st.just(GitRepoResource), REPOSITORIES),
)
CONTAINER = {"name": "web", "image": "nginx:1", "ports": [], "volumes": [], "env_vars": {}}
FILLED: dict[type, dict[str, Any]] = {
    FileResource: {"name": "a.txt", "directory": ".", "mode": "644", "content": "some words"},
    DockerResource: CONTAINER,
    AppleContainerResource: CONTAINER,
    GitRepoResource: {"dest": "site", "repo_url": "https://example.com/site.git"},
}
CLOCKWORKS = {"main.py", "clockwork.lock", "pyproject.toml"}
RUN = {"json.py", "conftest.py", "sitecustomize.py"}


@cache
def guard() -> Guard:
    plugins = PluginManager()
    for name, module in {
        "file": clockwork_file.plugin,
        "docker": clockwork_docker.plugin,
        "apple-container": clockwork_apple_container.plugin,
        "git": clockwork_git.plugin,
    }.items():
        plugins.register(module, name=name)
    return Guard(plugins)


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        project = Path(folder).resolve() / "project"
        (project / ".git" / "hooks").mkdir(parents=True)
        (project / "hooks").symlink_to(".git/hooks")
        (project / "out").symlink_to(folder)
        (project / "docs" / "a").mkdir(parents=True)
        (project / "deep").symlink_to("docs/a")
        (project / "main.py").touch()
        yield project


def accepted(kind: type, answer: dict[str, Any], project: Path) -> Any:
    """Give the resource as it goes to the engine; ``None`` where the answer is refused."""
    resource = kind(description="something")
    resource.place("it", project)
    missing = tuple(resource.missing_fields())
    draft = Draft(resource, CompletionContext(project, missing, (resource,)), guard())
    try:
        draft.hold({**FILLED[kind], **{name: answer[name] for name in answer if name in missing}})
    except (RejectedError, CompletionError):
        return None
    return draft.finished({})


def assert_inside(path: str, project: Path) -> None:
    """Check, by other means than the guard's, where the system would go."""
    real = Path(os.path.realpath(project / Path(path).expanduser()))
    assert real.is_relative_to(project)
    parts = [part.lower() for part in real.relative_to(project).parts]
    assert not {*parts[:1]} & CLOCKWORKS
    assert parts
    assert parts[0] not in RUN or len(parts) > 1
    assert parts[-1] not in RUN - {"json.py"}
    assert not [part for part in parts if part.startswith(".") and part != ".gitignore"]
    assert not any(ord(one) < 32 or one in "\\\uff0e\uff0f\u2215\u2024\u200b\u202e" for one in path)


@settings(
    max_examples=10_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(answer=ANSWERS)
def test_no_hostile_answer_gets_through(project: Path, answer: tuple[type, dict[str, Any]]) -> None:
    kind, values = answer
    resource = accepted(kind, values, project)
    if isinstance(resource, FileResource):
        assert_inside(resource.kept_path(), project)
        assert not int(str(resource.mode), 8) & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX | stat.S_IWOTH)
    elif isinstance(resource, DockerResource | AppleContainerResource):
        for mount in map(parse_mount, resource.volumes or []):
            assert "docker.sock" not in str(mount)
            if mount.is_path:
                assert_inside(mount.source, project)
        for name in ("DB_PASSWORD", "TOKEN", "apiKey"):
            assert (resource.env_vars or {}).get(name, "").strip().lower() in ("", "0", "1")
        assert "${" not in str(resource.env_vars).replace("$${", "")
    elif isinstance(resource, GitRepoResource):
        assert_inside(str(resource.dest), project)
        assert str(resource.repo_url).startswith(("https://", "http://", "ssh://", "git://")) or "@" in str(
            resource.repo_url
        )


def test_a_harmless_answer_gets_through(project: Path) -> None:
    for kind, values in FILLED.items():
        assert accepted(kind, values, project) is not None
