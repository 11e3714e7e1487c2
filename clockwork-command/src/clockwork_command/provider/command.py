"""What commands here and on other machines have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from clockwork.errors import ProviderError
from clockwork.hosts import HostError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_command.provider.models import CommandInputs, Printed
from clockwork_command.provider.running import Runner

_KIND = "command"
_ONLY_REMEMBERED = frozenset({"delete", "logging", "addPreviousOutputInEnv", "connection"})


class Command(EmbeddedResource):
    """A command that is run once, again when its inputs change, and undone by another."""

    @abstractmethod
    def runner(self, inputs: Any) -> Runner:
        """Say where and how the commands run.

        Args:
            inputs: The inputs, or the state, of the command.

        Raises:
            ProviderError: What reaches the machine is not installed.
        """

    async def check(self, new: CommandInputs, old: CommandInputs | None) -> None:
        """Refuse a command whose machine cannot be reached."""
        await self.runner(new).machine.reach()

    async def diff(self, state: Any, old: CommandInputs, new: CommandInputs) -> Diff:
        """Compare the wishes, and ask the command's own check whether it is still so."""
        changes = {name: FieldChange() for name in _changed(old, new)}
        if "triggers" in changes and new.update is None:
            changes["triggers"] = FieldChange(replace=True)
        if _name(old) != _name(new):
            changes["connection"] = FieldChange(replace=True)
        elif changes.keys() <= _ONLY_REMEMBERED and not await self._is_so(new):
            self.call.note("its check says that it is no longer so; it is run again")
            changes["create"] = FieldChange(drift=True)
        return Diff(changes, delete_first=True)

    async def create(self, new: CommandInputs) -> Any:
        """Run ``create``, unless the check says that it is so already."""
        if new.check is not None and await self._is_so(new):
            self.call.note("its check says that it is so already; nothing was run")
            return self._remembered(new, Printed())
        if any(claim.urn == self.call.urn for claim in self.call.journal.recovered):
            self.call.note("a run that was killed had started it; it is run again")
        begun = Claim(self.call.urn, _KIND, self.call.urn)
        self.call.journal.claim(begun)
        try:
            return self._remembered(new, await self._run(new, new.create))
        except HostError:
            raise
        except ProviderError:
            self.call.journal.withdraw(begun)
            raise

    async def read(self, state: Any) -> Any | None:
        """Ask the command's own check; what has none counts as done."""
        return state if await self._is_so(state) else None

    async def update(self, state: Any, new: CommandInputs) -> Any:
        """Run ``update``, or ``create`` where there is none; what is only remembered runs nothing."""
        changed = _changed(state, new)
        printed = Printed(stdout=state.stdout, stderr=state.stderr)
        if changed and changed <= _ONLY_REMEMBERED and await self._is_so(new):
            return self._remembered(new, printed)
        return self._remembered(new, await self._run(new, new.update or new.create, printed))

    async def delete(self, state: Any) -> None:
        """Run ``delete``, if there is one."""
        await self._run(state, state.delete, Printed(stdout=state.stdout, stderr=state.stderr))

    async def _run(
        self, inputs: CommandInputs, command: str | None, previous: Printed | None = None
    ) -> Printed:
        if command is None:
            return Printed()
        is_told = inputs.add_previous_output_in_env is not False
        return await self.runner(inputs).run(command, previous=previous if is_told else None)

    async def _is_so(self, inputs: CommandInputs) -> bool:
        return inputs.check is None or await self.runner(inputs).succeeds(inputs.check)

    def _remembered(self, new: CommandInputs, printed: Printed) -> Any:
        return self.State(**new.model_dump(), **printed.model_dump())


def _changed(old: CommandInputs, new: CommandInputs) -> set[str]:
    """Name the inputs that differ; a state remembers those of the last run."""
    before, after = old.wishes(), new.wishes()
    return {name for name in after if before.get(name) != after[name]}


def _name(inputs: CommandInputs) -> str | None:
    """Give the name of the machine: another one is another machine, another address is not."""
    return None if inputs.on is None else inputs.on.name
