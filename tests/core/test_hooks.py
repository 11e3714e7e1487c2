"""Every hook, exercised through the manager as Clockwork uses it; and documented."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import click
import pulumi
import pytest

from clockwork import (
    Check,
    CompletionContext,
    CompletionTool,
    EmbeddedResource,
    Event,
    FoundResource,
    GuardRule,
    Health,
    HealthCheck,
    LoadedFile,
    Meaning,
    ModelBackend,
    Pin,
    PromptPart,
    Refusal,
    Resource,
    Settings,
    completable,
    hookimpl,
    hookspecs,
)
from clockwork.approvals import Approvals
from clockwork.assertions import ContainerRunningAssert, PredicateAssert
from clockwork.assertions.runner import run_assertions
from clockwork.connections import Connection, File, Network
from clockwork.containers.readiness import ContainerState
from clockwork.deploy.review import CommandReview
from clockwork.errors import ApprovalError, LoadError, UsageError
from clockwork.guard.policy import Guard
from clockwork.loading.loader import load_resources
from clockwork.lock import Lock
from clockwork.pins import Pinner
from clockwork.plugins.checks import hook_names
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.provenance import Provenance, Source

HOOKS_PAGE = Path(__file__).parents[2] / "docs" / "hooks.md"


class Note(Resource):
    name: str = "note"
    text: str | None = completable("a few words")

    def to_pulumi(self) -> Any:
        return Made(f"pulumi:{self.name}")


class Made(pulumi.Resource):
    """What a resource is compiled to; nothing registers it, for no engine runs here."""

    def __init__(self, text: str) -> None:
        self.text = text


class Sign(EmbeddedResource, type="clockwork:sign:Sign"):
    """A provider that this file's plugin names."""


@pytest.fixture
def manager() -> PluginManager:
    return PluginManager()


def add(manager: PluginManager, hook: Any) -> None:
    """Register a plugin with one hook, given as a function of the hook's name."""
    manager.register(type("Plugin", (), {hook.__name__: staticmethod(hookimpl(hook))})(), name="test")


def context(resource: Resource) -> CompletionContext:
    return CompletionContext(Path.cwd(), ("text",), (resource,))


def test_hook_clockwork_resource_types(manager: PluginManager) -> None:
    def clockwork_resource_types() -> Any:
        yield Note

    add(manager, clockwork_resource_types)
    assert manager.resource_types() == {"Note": Note}


def test_hook_clockwork_load_file(manager: PluginManager, tmp_path: Path) -> None:
    def clockwork_load_file(path: Path) -> LoadedFile | None:
        if path.suffix != ".note":
            return None
        return LoadedFile(path, {"written": Note(text=path.read_text())})

    add(manager, clockwork_load_file)
    (tmp_path / "main.note").write_text("hello")
    (tmp_path / "main.py").write_text("from clockwork import Resource\nown = Resource(name='own')\n")
    [note] = load_resources(Project.of(tmp_path / "main.note"), manager)
    assert isinstance(note, Note)
    assert (note.address, note.text) == ("written", "hello")
    [own] = load_resources(Project.of(tmp_path / "main.py"), manager)
    assert own.address == "own"


def test_hook_clockwork_discover_resources(manager: PluginManager, tmp_path: Path) -> None:
    def clockwork_discover_resources(loaded: LoadedFile) -> Any:
        for name, value in loaded.names.items():
            if hasattr(value, "members"):
                yield from (FoundResource(f"{name}.{one.name}", one) for one in value.members)

    add(manager, clockwork_discover_resources)
    (tmp_path / "main.py").write_text(
        "from clockwork import Resource\n"
        "class Fleet:\n    members = [Resource(name='a'), Resource(name='b')]\n"
        "first = Resource(name='first')\nfleet = Fleet()\nlast = Resource(name='last')\n"
    )
    found = load_resources(Project.of(tmp_path / "main.py"), manager)
    assert [one.address for one in found] == ["Fleet.a", "Fleet.b", "first", "last"]


def test_hook_clockwork_completion_prompt(manager: PluginManager) -> None:
    def clockwork_completion_prompt(resource: Resource, context: CompletionContext) -> Any:
        yield PromptPart("zz-test", f"{resource.name} lacks {', '.join(context.missing)}")

    add(manager, clockwork_completion_prompt)
    note = Note()
    parts = manager.results("clockwork_completion_prompt", resource=note, context=context(note))
    assert parts[-1] == PromptPart("zz-test", "note lacks text")
    assert len(parts) > 1, "core's own question is there too"


def test_hook_clockwork_completion_tools(manager: PluginManager) -> None:
    def free_port() -> int:
        return 8080

    def clockwork_completion_tools(resource: Resource) -> Any:
        if isinstance(resource, Note):
            yield CompletionTool("free_port", free_port)

    add(manager, clockwork_completion_tools)
    note = Note()
    tools = manager.results("clockwork_completion_tools", resource=note, context=context(note))
    assert [(tool.name, tool.function()) for tool in tools] == [("free_port", 8080)]


def test_hook_clockwork_check_completion(manager: PluginManager) -> None:
    def clockwork_check_completion(values: dict[str, Any]) -> Any:
        if "shout" in values["text"]:
            yield Refusal("text", "do not shout")

    add(manager, clockwork_check_completion)
    note = Note(text="shout")
    asked = {"resource": note, "values": {"text": "shout"}, "context": context(note)}
    assert Refusal("text", "do not shout") in manager.results("clockwork_check_completion", **asked)
    asked["values"] = {"text": "a quiet word"}
    assert manager.results("clockwork_check_completion", **asked) == []


def test_hook_clockwork_verify_completion(manager: PluginManager) -> None:
    def clockwork_verify_completion(values: dict[str, Any]) -> Any:
        if "host" in values["text"]:
            yield Check("text", "whether the host answers", lambda: "it does not answer")

    add(manager, clockwork_verify_completion)
    note = Note(text="host")
    verdict = asyncio.run(Guard(manager).verdict(note, {"text": "host"}, context(note)))
    assert verdict.refusals == (Refusal("text", "it does not answer"),)
    assert asyncio.run(Guard(manager).verdict(note, {"text": "a word"}, context(note))).refusals == ()


def test_hook_clockwork_guard_rules(manager: PluginManager, tmp_path: Path) -> None:
    def clockwork_guard_rules() -> Any:
        yield GuardRule("loud", "words that are too loud")

    add(manager, clockwork_guard_rules)
    Guard.of_project(manager, ["loud: sh*", "credential"], tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.clockwork.guard]\nallow = [\n  "lowd",\n]\n')
    with pytest.raises(UsageError, match=r"there is no rule 'lowd'; did you mean 'loud'\?") as caught:
        Guard.of_project(manager, ["lowd"], tmp_path)
    assert (caught.value.file, caught.value.line) == (tmp_path / "pyproject.toml", 3)


def test_hook_clockwork_pins(manager: PluginManager, tmp_path: Path) -> None:
    def clockwork_pins(resource: Resource, resources: tuple[Resource, ...]) -> Any:
        if resource is resources[0]:
            yield Pin("branch", resource.name, "name", "[0-9a-f]+", lambda: None, lambda: Meaning("4f2a"))

    add(manager, clockwork_pins)
    note, other = Note(name="main"), Note(name="other")
    lock = Lock.read(tmp_path / "clockwork.lock")
    asyncio.run(Pinner(lock, manager, lambda _event: None).pin([note, other]))
    assert (note.pinned("name"), other.pinned("name")) == ("4f2a", None)
    assert Lock.read(lock.path).pins == {("branch", "main"): "4f2a"}


def test_hook_clockwork_commands(manager: PluginManager) -> None:
    def clockwork_commands(type_token: str, inputs: dict[str, Any]) -> Any:
        if type_token == "motd:index:Generator":
            yield inputs["program"]

    add(manager, clockwork_commands)
    note = Note().completed({"text": "reboot"}, {"text": Provenance(Source.MODEL)})
    review = CommandReview(manager, {"note": note}, Approvals(given=["make"]), refuses=True)
    review.look("note", "motd:index:Generator", {"program": "make"})
    review.look("note", "other:index:Generator", {"program": "reboot"})
    with pytest.raises(ApprovalError, match="reboot"):
        review.look("note", "motd:index:Generator", {"program": "reboot"})


def test_hook_clockwork_compile(manager: PluginManager) -> None:
    def clockwork_compile(resource: Resource) -> Any:
        return Made("mine") if resource.name == "mine" else None

    add(manager, clockwork_compile)
    for name, text in {"mine": "mine", "other": "pulumi:other"}.items():
        made = manager.first("clockwork_compile", resource=Note(name=name))
        assert isinstance(made, Made)
        assert made.text == text


def test_hook_clockwork_providers(manager: PluginManager) -> None:
    def clockwork_providers() -> Any:
        yield Sign

    add(manager, clockwork_providers)
    assert Sign in manager.results("clockwork_providers")


def test_hook_clockwork_assertions(manager: PluginManager) -> None:
    def clockwork_assertions(resource: Resource) -> Any:
        yield PredicateAssert(
            name="readable", function=lambda note: f"{note.name} is smudged", timeout_seconds=0
        )

    add(manager, clockwork_assertions)

    def seen(note: Note) -> dict[str, tuple[bool, str]]:
        results = asyncio.run(run_assertions([note], manager, lambda _event: None))
        return {one.name: (one.passed, one.message) for one in results}

    assert seen(Note()) == {"complete": (False, "no value for text"), "readable": (False, "note is smudged")}
    assert seen(Note(text="all there"))["complete"][0]


def test_hook_clockwork_container(manager: PluginManager) -> None:
    class Box:
        async def state(self) -> ContainerState:
            return ContainerState(running=False, what="exited with code 1")

        async def last_log_lines(self, lines: int) -> list[str]:
            return ["no such table: users"][-lines:]

    def clockwork_container(resource: Resource) -> Any:
        return Box() if resource.name == "box" else None

    add(manager, clockwork_container)
    note = Note(name="box", text="x", assertions=[ContainerRunningAssert(timeout_seconds=0)])
    results = asyncio.run(run_assertions([note], manager, lambda _event: None))
    [running] = [one for one in results if one.name == "container is running"]
    assert (running.passed, running.message) == (False, "exited with code 1")
    assert running.log == ("no such table: users",)
    assert manager.first("clockwork_container", resource=Note(name="other")) is None


def test_hook_clockwork_connect(manager: PluginManager) -> None:
    def clockwork_connect(resource: Resource, connection: Connection) -> Any:
        return [Note(name=connection.name)] if isinstance(connection, Network) else None

    add(manager, clockwork_connect)
    network = Network(to=Note(), name="shop")
    made = manager.first("clockwork_connect", resource=Note(), connection=network)
    assert [one.name for one in made or ()] == ["shop"]
    with pytest.raises(LoadError, match="has no volumes"):
        manager.first("clockwork_connect", resource=Note(), connection=File(to=Note(), at="/x"))


def test_hook_clockwork_cli_commands(manager: PluginManager) -> None:
    def clockwork_cli_commands() -> Any:
        yield click.Command("hello", callback=lambda: click.echo("hello"))

    add(manager, clockwork_cli_commands)
    assert [command.name for command in manager.results("clockwork_cli_commands")] == ["hello"]


def test_hook_clockwork_model_backends(manager: PluginManager) -> None:
    def clockwork_model_backends() -> Any:
        yield ModelBackend(
            "parrot", fits=lambda settings: settings.model == "parrot", build=lambda _s: "Polly"
        )

    add(manager, clockwork_model_backends)
    backends = manager.results("clockwork_model_backends")
    assert [one.name for one in backends] == ["openai-compatible", "parrot", "pydantic-ai"]
    fitting = next(one for one in reversed(backends) if one.fits(Settings(model="parrot")))
    assert fitting.build(Settings(model="parrot")) == "Polly"


def test_hook_clockwork_health_checks(manager: PluginManager) -> None:
    def clockwork_health_checks() -> Any:
        yield HealthCheck("tea", lambda: Health(False, "the pot is empty", "Boil water."))

    add(manager, clockwork_health_checks)
    found = {check.name: check.run for check in manager.results("clockwork_health_checks")}
    assert sorted(found) == ["engine", "tea"]
    assert found["tea"]().hint == "Boil water."
    assert "Pulumi" in found["engine"]().message


def test_hook_clockwork_observe(manager: PluginManager) -> None:
    seen: list[Event] = []

    def clockwork_observe(event: Event) -> None:
        seen.append(event)

    add(manager, clockwork_observe)
    event = Event("resource.done", "article", {"action": "create"})
    manager.notify(event)
    assert seen == [event]


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_has_a_test(hook: str) -> None:
    assert f"test_hook_{hook}" in globals(), f"write test_hook_{hook}, which asks for it through the manager"


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_has_a_section_with_its_signature(hook: str) -> None:
    signature = inspect.signature(getattr(hookspecs, hook))
    parameters = ", ".join(f"{one.name}: {one.annotation}" for one in signature.parameters.values())
    heading = f"## `{hook}({parameters}) -> {signature.return_annotation}`"
    page = HOOKS_PAGE.read_text(encoding="utf-8")
    assert heading in page.splitlines()
    section = page.split(heading, 1)[1].split("\n## ", 1)[0]
    assert "**When:**" in section
    assert "**Returns:**" in section
    assert f"def {hook}(" in section, "an example"
