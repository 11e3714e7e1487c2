"""A command that should have been run."""

from __future__ import annotations

import re
from typing import Annotated, Any, Optional

from pydantic import Field, field_validator

from clockwork.errors import LoadError
from clockwork.hosts import OnHost
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable, optional
from clockwork_command.resource.compiling import compile_command

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CommandResource(Resource):
    """A command that is run once, again when what it depends on changes, and undone by another.

    ``/bin/sh`` runs it on this machine or on another one, and it succeeds when it ends with exit code 0.

    Attributes:
        name: What it is called; not needed.
        description: What it should achieve.
        on: The machine it runs on; this one unless given.
        create: The command; run when the resource is new, and on a change where there is no ``update``.
        update: The command for a change, which finds what the last one printed in the variables
            ``PULUMI_COMMAND_STDOUT`` and ``PULUMI_COMMAND_STDERR``.
        delete: The command that undoes it; nothing is run when ``None``.
        check: A command that changes nothing and ends with 0 when the thing is already so: then ``create``
            is not run. Without one, that ``create`` ran once counts.
        triggers: Values whose change makes it run anew: ``update``, else ``delete`` and ``create``.
        environment: More environment variables.
        directory: The folder it runs in, relative to the project; on another machine to that of the login.
        stdin: A text for its standard input.
        timeout_seconds: How long each of its commands may take; as long as it needs when ``None``.
    """

    name: Optional[str] = not_completable("what it is called")  # type: ignore[assignment]
    on: OnHost = not_completable("the machine it runs on; this one unless given")
    create: Optional[str] = completable(
        "the POSIX shell command that achieves it; running it twice does no harm",
        examples=["mkdir -p build && make -C build", "createdb shop"],
        min_length=1,
        max_length=4000,
    )
    update: Optional[str] = optional("the shell command for a change, when create cannot be run again")
    delete: Optional[str] = optional("the shell command that undoes create, when there is something to undo")
    check: Optional[str] = optional(
        "a shell command that ends with 0 when it is already so, and changes nothing"
    )
    triggers: list[Any] = Field(default_factory=list)
    environment: dict[str, str] = Field(default_factory=dict)
    directory: Optional[str] = not_completable("the folder it runs in")
    stdin: Optional[str] = not_completable("a text for its standard input")
    timeout_seconds: Optional[Annotated[float, Field(gt=0)]] = not_completable(
        "how long each of its commands may take, in seconds"
    )

    @field_validator("environment")
    @classmethod
    def _are_variables(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not VARIABLE.fullmatch(name):
                raise ValueError(f"{name!r} is not the name of an environment variable")
        return value

    def missing_fields(self) -> list[str]:
        """The fields that a model may fill: none once ``create`` says what is run."""
        return super().missing_fields() if self.create is None else []

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_command`` resource that runs it."""
        if self.create is None:
            raise LoadError(
                "it does not say what to run",
                address=self.address,
                field="create",
                hint="Give create, or a description and a model that completes it.",
            )
        return compile_command(
            self,
            on=self.on,
            create=self.create,
            update=self.update,
            delete=self.delete,
            check=self.check,
            triggers=self.triggers,
            environment=self.environment,
            directory=self.directory,
            stdin=self.stdin,
            timeout_seconds=self.timeout_seconds,
        )
