"""What commands here and on other machines have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_command.provider.models import CommandInputs, Printed
from clockwork_command.provider.running import Runner

_KIND = "command"
_ONLY_REMEMBERED = frozenset({"delete", "logging", "add_previous_output_in_env"})


class Command(EmbeddedResource):
    """A command that is run once, again when its inputs change, and undone by another."""

    @abstractmethod
    async def runner(self, inputs: Any) -> Runner:
        """Reach the machine that the commands run on.

        Args:
            inputs: The inputs, or the state, of the command.

        Raises:
            ProviderError: It cannot be reached.
        """

    async def check(self, new: CommandInputs, old: CommandInputs | None) -> None:
        """Refuse a command whose machine cannot be reached."""
        await self.runner(new)

    async def diff(self, state: Any, old: CommandInputs, new: CommandInputs) -> Diff:
        """Compare the wishes, and ask the command's own check whether it is still so."""
        before, after = (inputs.model_dump(mode="json", by_alias=True) for inputs in (old, new))
        changes = {name: FieldChange() for name in after if before.get(name) != after[name]}
        if "triggers" in changes and new.update is None:
            changes["triggers"] = FieldChange(replace=True)
        if not changes and not await self._is_so(new):
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
        self.call.journal.claim(Claim(self.call.urn, _KIND, self.call.urn))
        return self._remembered(new, await self._run(new, new.create))

    async def read(self, state: Any) -> Any | None:
        """Ask the command's own check; what has none counts as done."""
        return state if await self._is_so(state) else None

    async def update(self, state: Any, new: CommandInputs) -> Any:
        """Run ``update``, or ``create`` where there is none; what is only remembered runs nothing."""
        before, after = (self.Inputs.model_validate(_plain(one, self.Inputs)) for one in (state, new))
        changed = {name for name in self.Inputs.model_fields if getattr(before, name) != getattr(after, name)}
        printed = Printed(stdout=state.stdout, stderr=state.stderr)
        if changed and changed <= _ONLY_REMEMBERED:
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
        return await (await self.runner(inputs)).run(command, previous=previous if is_told else None)

    async def _is_so(self, inputs: CommandInputs) -> bool:
        return inputs.check is None or await (await self.runner(inputs)).succeeds(inputs.check)

    def _remembered(self, new: CommandInputs, printed: Printed) -> Any:
        return self.State(**new.model_dump(), **printed.model_dump())


def _plain(values: Any, kind: Any) -> dict[str, Any]:
    return {name: getattr(values, name) for name in kind.model_fields}
