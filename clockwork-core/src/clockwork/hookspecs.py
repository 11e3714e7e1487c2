"""Every hook a plugin may implement.

A plugin is a module, named by an entry point in the group ``clockwork``, whose functions are
marked with :data:`hookimpl`. Keep that module light: import SDKs inside the functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click

    from clockwork.assertions.base import Assertion
    from clockwork.connections import Connection
    from clockwork.containers.readiness import Container
    from clockwork.hook_types import (
        Check,
        CompletionContext,
        CompletionTool,
        Event,
        FoundResource,
        GuardRule,
        HealthCheck,
        LoadedFile,
        ModelBackend,
        Pin,
        PromptPart,
        Refusal,
    )
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource

ENTRY_POINT_GROUP = "clockwork"
hookspec = pluggy.HookspecMarker("clockwork")
hookimpl = pluggy.HookimplMarker("clockwork")


@hookspec
def clockwork_resource_types() -> Iterable[type[Resource]]:  # type: ignore[empty-body]
    """Name the resource classes that ``from clockwork.resources import ...`` should find.

    Called once, when a file imports a resource type or ``clockwork plugins`` lists them.

    Returns:
        The classes. Two plugins that give the same class name are an error.

    Example:
        ::

            @hookimpl
            def clockwork_resource_types():
                from .resource import MotdResource
                yield MotdResource
    """


@hookspec(firstresult=True)
def clockwork_load_file(path: Path) -> LoadedFile | None:
    """Load a file that declares resources; the first plugin that knows the kind wins.

    Called once for each command, with the file given by ``--file``.

    Args:
        path: The absolute path of the file.

    Returns:
        Its names and their values, or ``None`` when the kind is not this plugin's.

    Example:
        ::

            @hookimpl
            def clockwork_load_file(path):
                if path.suffix == ".toml":
                    return LoadedFile(path=path, names=read_resources(path))
    """


@hookspec
def clockwork_discover_resources(loaded: LoadedFile) -> Iterable[FoundResource]:  # type: ignore[empty-body]
    """Find the resources in a loaded file.

    Called once after loading. Core finds module variables and lists, tuples and dicts of them;
    a plugin may look into its own containers.

    Args:
        loaded: The file's names and values, in order of definition.

    Returns:
        The resources with their addresses. The same object twice counts once.

    Example:
        ::

            @hookimpl
            def clockwork_discover_resources(loaded):
                for name, value in loaded.names.items():
                    if isinstance(value, Fleet):
                        yield from (FoundResource(f"{name}.{m.name}", m) for m in value.members)
    """


@hookspec
def clockwork_completion_prompt(  # type: ignore[empty-body]
    resource: Resource, context: CompletionContext
) -> Iterable[PromptPart]:
    """Add paragraphs to the question that asks a model for missing fields.

    Called for each resource that has missing fields, before the question's digest is made:
    a changed paragraph is a changed question, except for one that is a ``circumstance``.

    Args:
        resource: The resource as the user wrote it.
        context: Its missing fields and the other resources of the project.

    Returns:
        Named paragraphs; they are joined in the order of their names.

    Example:
        ::

            @hookimpl
            def clockwork_completion_prompt(resource, context):
                if isinstance(resource, MotdResource):
                    yield PromptPart("motd", "Write for people who are tired.")
    """


@hookspec
def clockwork_completion_tools(  # type: ignore[empty-body]
    resource: Resource, context: CompletionContext
) -> Iterable[CompletionTool]:
    """Offer functions that the model may call while it completes a resource.

    Called for each resource that is asked about.

    Args:
        resource: The resource as the user wrote it.
        context: Its missing fields and the other resources of the project.

    Returns:
        Named functions; signature and docstring tell the model how to use them.

    Example:
        ::

            @hookimpl
            def clockwork_completion_tools(resource, context):
                yield CompletionTool("free_port", find_free_port)
    """


@hookspec
def clockwork_check_completion(  # type: ignore[empty-body]
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse values that the user did not write.

    Called for every answer of a model and for every value read from the lock. It looks at the values, not at
    the world: what is slow, or may be unreachable, belongs into :func:`clockwork_verify_completion`. A
    refusal of a model's answer goes back to the model as the reason; one that remains is an error.

    Args:
        resource: The completed resource.
        values: The values that did not come from the user, by field.
        context: The missing fields and the other resources of the project.

    Returns:
        One refusal for each value that must not be used. One that names a rule can be allowed by a project.

    Example:
        ::

            @hookimpl
            def clockwork_check_completion(resource, values, context):
                if "color" in values and is_loud(values["color"]):
                    yield Refusal("color", "choose a quieter one", rule="loud-color")
    """


@hookspec
def clockwork_verify_completion(  # type: ignore[empty-body]
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Hold what a model just answered against the world: files, ports, registries.

    Called for every answer of a model that no rule refused. All checks run at once, each in a thread,
    with a time limit; one that cannot be made is told in the plan, and made again by the next run.

    Args:
        resource: The completed resource.
        values: The new values, by field.
        context: The missing fields and the other resources of the project.

    Returns:
        Checks; the reason that one gives goes back to the model.

    Example:
        ::

            @hookimpl
            def clockwork_verify_completion(resource, values, context):
                if "host" in values:
                    yield Check("host", "whether it answers", partial(reach, values["host"]))
    """


@hookspec
def clockwork_guard_rules() -> Iterable[GuardRule]:  # type: ignore[empty-body]
    """Name the rules that this plugin's refusals speak of, so that a project can relax them.

    Called when a project's settings name a rule.

    Returns:
        Rules. Two of one name are an error.

    Example:
        ::

            @hookimpl
            def clockwork_guard_rules():
                yield GuardRule("loud-color", "colors that hurt")
    """


@hookspec
def clockwork_pins(  # type: ignore[empty-body]
    resource: Resource, resources: Sequence[Resource]
) -> Iterable[Pin]:
    """Name what a resource refers to by names whose meaning may move, such as the tag of an image.

    Called for each completed resource by ``plan`` and ``apply``, and by ``clockwork lock``. The meaning is
    looked up once and kept in the lock; the resource is told it with
    :meth:`~clockwork.resources.base.Resource.pin` before it is compiled.

    Args:
        resource: The completed resource.
        resources: All resources of the project, as far as they are known.

    Returns:
        Pins; none for a name that cannot move, or that stands for what this project itself makes.

    Example:
        ::

            @hookimpl
            def clockwork_pins(resource, resources):
                if isinstance(resource, SourceResource):
                    branch = resource.branch
                    yield Pin("git-branch", branch, "branch", "[0-9a-f]{40}", here=unknown, there=ask)
    """


@hookspec(firstresult=True)
def clockwork_compile(resource: Resource) -> Any | None:
    """Turn a completed resource into Pulumi resources; the first plugin that answers wins.

    Called inside the running Pulumi program, once for each resource. Core calls
    ``resource.to_pulumi()``.

    Args:
        resource: The completed resource.

    Returns:
        The Pulumi resource, or ``None`` to leave it to the next plugin.

    Example:
        ::

            @hookimpl(tryfirst=True)
            def clockwork_compile(resource):
                if isinstance(resource, MotdResource):
                    return Motd(resource.address, text=resource.text.upper())
    """


@hookspec
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:  # type: ignore[empty-body]
    """Name the embedded provider classes that Clockwork's own process serves to the engine.

    Called when the engine starts.

    Returns:
        The classes. Two classes with the same Pulumi type are an error.

    Example:
        ::

            @hookimpl
            def clockwork_providers():
                from .provider import Motd
                yield Motd
    """


@hookspec
def clockwork_commands(type_token: str, inputs: Mapping[str, Any]) -> Iterable[str]:  # type: ignore[empty-body]
    """Name what a Pulumi resource has run as commands, outside any container.

    Called for each Pulumi resource that is registered, before its inputs are resolved. A command that a
    language model had a part in runs only after a person's word.

    Args:
        type_token: Its Pulumi type, such as ``command:local:Command``.
        inputs: Its inputs; references and secrets stand in their texts as ``${...}``.

    Returns:
        The commands, word for word.

    Example:
        ::

            @hookimpl
            def clockwork_commands(type_token, inputs):
                if type_token == "motd:index:Generator":
                    yield inputs["program"]
    """


@hookspec
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:  # type: ignore[empty-body]
    """Give the assertions that a resource should pass when it is deployed.

    Called for each completed resource by ``clockwork assert``, and when something waits for it.

    Args:
        resource: The completed resource.

    Returns:
        Assertions; their names must differ within one resource. One that the user gave the resource
        himself replaces that of the same name.

    Example:
        ::

            @hookimpl
            def clockwork_assertions(resource):
                if isinstance(resource, MotdResource):
                    yield FileExistsAssert(name="shown", path=resource.path)
    """


@hookspec(firstresult=True)
def clockwork_container(resource: Resource) -> Container | None:
    """Give a view of the container that was made of a resource; the first plugin that knows it wins.

    Called before the time of a resource's assertions begins, which is when to import what the view needs;
    then when one looks at a container, and when its log explains a failure.

    Args:
        resource: The completed resource.

    Returns:
        An object with the methods of :class:`~clockwork.containers.readiness.Container`, or ``None``
        when the resource is not this plugin's.

    Example:
        ::

            @hookimpl
            def clockwork_container(resource):
                if isinstance(resource, BoxResource):
                    return Box(resource.name)
    """


@hookspec(firstresult=True)
def clockwork_connect(resource: Resource, connection: Connection) -> list[Resource] | None:
    """Connect a resource to others in one's own way; the first plugin that does it wins, core is asked last.

    Called for each connection of each resource, after the file was loaded and before anything is completed.

    Args:
        resource: The resource that is connected; its fields may be changed.
        connection: What it needs others for, such as a :class:`~clockwork.connections.Network`.

    Returns:
        More resources that the connection needs, each with a name; ``None`` when it is not this plugin's.

    Example:
        ::

            @hookimpl
            def clockwork_connect(resource, connection):
                if isinstance(connection, Database) and isinstance(connection.other, BoxResource):
                    return connection.prepared(resource, by=BoxSql)
    """


@hookspec
def clockwork_cli_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Add commands to ``clockwork``.

    Called when a command is looked up that is not core's own, and for ``--help``.

    Returns:
        Click commands. A name that another plugin or core has is an error.

    Example:
        ::

            @hookimpl
            def clockwork_cli_commands():
                @click.command(help="Say hello.")
                def hello():
                    click.echo("hello")
                yield hello
    """


@hookspec
def clockwork_model_backends() -> Iterable[ModelBackend]:  # type: ignore[empty-body]
    """Offer ways to reach a language model.

    Called when something has to be completed.

    Returns:
        Named backends; the first, by name, that says it fits the settings builds the model.

    Example:
        ::

            @hookimpl
            def clockwork_model_backends():
                yield ModelBackend("embedded", fits=wants_embedded, build=build_embedded)
    """


@hookspec
def clockwork_health_checks() -> Iterable[HealthCheck]:  # type: ignore[empty-body]
    """Add checks to ``clockwork doctor``.

    Called by that command alone.

    Returns:
        Named checks that say in a line how things are.

    Example:
        ::

            @hookimpl
            def clockwork_health_checks():
                yield HealthCheck("docker", is_docker_running)
    """


@hookspec
def clockwork_observe(event: Event) -> None:
    """Watch what happens: loading, completion, changes of resources, assertions.

    Called for every event, in the order of the events, from whatever thread they happen in.
    An observer that raises is reported once and never breaks the run.

    Args:
        event: What happened, with the address of the resource where there is one.

    Example:
        ::

            @hookimpl
            def clockwork_observe(event):
                if event.kind == "resource.done":
                    notify(event.address)
    """
