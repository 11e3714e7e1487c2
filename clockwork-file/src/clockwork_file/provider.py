"""Creates, reads, updates and deletes the real file."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, Field

from clockwork.hosts import Kind, SSHHost
from clockwork.hosts.place import not_here
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_file.place import FilePlace, Found
from clockwork_file.resource import MODE, MODE_EXAMPLES, MODE_IN_WORDS

_DEFAULT_MODE = "644"


class File(EmbeddedResource, type="clockwork:file:File", declared_as="FileResource"):
    """A file on a machine, written atomically and never over somebody else's."""

    class Inputs(BaseModel):
        """What the file should be."""

        path: str
        content: str = ""
        mode: str = Field(
            default=_DEFAULT_MODE, pattern=MODE, description=MODE_IN_WORDS, examples=MODE_EXAMPLES
        )
        adopt: bool = False
        on: SSHHost | None = None

    class State(BaseModel):
        """What is remembered of the file.

        Attributes:
            path: Relative to the project where it is inside; elsewhere to the folder of the login.
            digest: SHA-256 of what Clockwork wrote, or found and adopted.
            mode: Its permissions as they were set.
            folders: Folders that Clockwork made for it, outermost first.
            found: Whether it was there before, identical, and was adopted; it is never deleted.
            on: The machine it is on; ``None`` for this one.
        """

        path: str
        digest: str
        mode: str
        folders: list[str] = []
        found: bool = False
        on: SSHHost | None = None

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse a path that cannot be written or that holds somebody else's file."""
        self.call.siblings.wants(self.call.urn, self.identify(new))
        place = await self._place(new)
        kind = await self._look_for_obstacles(place, stays=old == new)
        if kind is not None and (old is None or _moves(old, new)):
            await self._refuse_foreign(place, new)

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Compare wish and state, and look at the real file for changes by hand."""
        if moved := _moves(state, new):
            return Diff({**moved, **_differences(state, new)})
        place = await self._place(new)
        real = await place.found()
        changes: dict[str, FieldChange] = {} if new.on == state.on else {"on": FieldChange()}
        if real.digest != _digest(new.content):
            drift = real.digest != state.digest and not self._was_cut_off(place, real)
            changes["content"] = FieldChange(drift=drift)
        elif real.digest != state.digest:
            changes["content"] = FieldChange()
        if real.digest is not None and real.mode != _octal(new.mode):
            by_hand = real.mode != state.mode
            changes["mode"] = FieldChange(drift=by_hand, found=real.mode if by_hand else None)
        self._tell_drift(real, changes)
        if changes and state.found and not new.adopt and real.digest is not None:
            self.call.note("it was there before Clockwork; it is changed now, and will not be deleted")
        return Diff(changes)

    async def create(self, new: Inputs) -> State:
        """Write the file, or adopt the identical one that is there."""
        place = await self._place(new)
        real = await place.found()
        before: File.State | None = await self.predecessor(new)
        as_wanted = real.kind is Kind.FILE and not real.lost(*_wanted(new))
        if as_wanted and before is None and not self._was_cut_off(place, real) and not new.adopt:
            self.call.note("the file was there already, identical; it is adopted and will not be deleted")
            digest, mode = _wanted(new)
            return self.State(path=new.path, digest=digest, mode=mode, found=True, on=new.on)
        if real.kind is not None:
            # The check ran before anything was changed; it may have appeared since.
            await self.check(new, None)
        if before is None:
            return await self._write(new, ())
        kept = {"found": before.found and not new.adopt, "path": new.path, "on": new.on}
        if as_wanted:
            return before.model_copy(update={**kept, "digest": real.digest, "mode": real.mode})
        written = await self._write(new, tuple(before.folders))
        return written.model_copy(update=kept)

    async def read(self, state: State) -> State | None:
        """Look whether the file is there; what was changed by hand is told by comparing."""
        place = await self._place(state)
        return None if await place.machine.look(place.path) is None else state

    async def update(self, state: State, new: Inputs) -> State:
        """Write the content and the mode."""
        place = await self._place(new)
        found = state.found and not new.adopt and await place.machine.look(place.path) is not None
        written = await self._write(new, tuple(state.folders))
        return written.model_copy(update={"found": found})

    async def keeps(self, state: State) -> str | None:
        """Keep what was there before, what another resource has, and what was changed by hand."""
        place = await self._place(state)
        real = await place.found()
        if real.digest is not None and state.found:
            return f"{place} is kept: it was there before Clockwork"
        if (successor := await self.successor(state)) is not None:
            return f"{place} is kept: {successor} has it now"
        is_edited = real.digest != state.digest and not self._was_cut_off(place, real)
        if real.digest is not None and is_edited and not self.call.force:
            return f"{place} is kept: it was changed by hand; with --force it would be gone"
        if real.digest is None and real.kind is not None:
            return f"{place} is kept: it is no longer the file that Clockwork made"
        return None

    async def delete(self, state: State) -> None:
        """Remove the file, and the folders made for it."""
        place = await self._place(state)
        await place.remove()
        await place.remove_folders(state.folders, self.call)

    async def is_left(self, claim: Claim) -> bool:
        """Look for a file that a killed run left."""
        if claim.kind == "folder":
            return False
        place = FilePlace.claimed(claim.key, claim.on, self.call.project)
        real = await place.found()
        self._keep_what_was_changed(place, real, claim)
        return real.kind is not None

    async def discard(self, claim: Claim) -> bool:
        """Remove a file or folder that a killed run left."""
        place = FilePlace.claimed(claim.key, claim.on, self.call.project)
        if claim.kind == "folder":
            await place.machine.remove_folder(place.path)
            return False
        real = await place.found()
        if self._keep_what_was_changed(place, real, claim):
            await place.remove_unfinished()
        else:
            await place.remove()
        await place.remove_made_folders(self.call)
        return real.kind is not None

    def _keep_what_was_changed(self, place: FilePlace, real: Found, claim: Claim) -> bool:
        """Keep a file that is no more as a killed run wrote it; tell whether it is."""
        is_changed = real.kind is not None and real.digest != claim.digest
        if is_changed:
            self.call.keep(f"{place} is kept: it was changed by hand")
        return is_changed

    def identify(self, state: Inputs | State) -> str:
        """The path."""
        return state.path if state.on is None else f"{state.on.name}:{state.path}"

    async def _place(self, thing: Inputs | State) -> FilePlace:
        return await FilePlace.of(thing.path, thing.on, self.call.project)

    async def _look_for_obstacles(self, place: FilePlace, *, stays: bool) -> Kind | None:
        """Tell what is there; refuse what is no file, and folders in which none can be written.

        A file that is there and stays as it is is not written.
        """
        entry = await place.machine.look(place.path)
        kind = None if entry is None else entry.kind
        if kind is Kind.LINK:
            leads = await place.machine.read_link(place.path)
            self._refuse(f"{place} is a symbolic link to {leads}", "Write the real path instead.")
        if kind is Kind.FOLDER:
            self._refuse(f"{place} is a folder", "Choose a path whose last part is the file's name.")
        if kind is Kind.OTHER:
            self._refuse(f"{place} is not a regular file", "Choose another path.")
        if kind is None or not stays:
            nearest = place.parents[0] if kind else await place.nearest_folder(self.call)
            await place.check_writable(nearest, self.call)
        return kind

    async def _refuse_foreign(self, place: FilePlace, new: Inputs) -> None:
        """Refuse a file that Clockwork did not make, unless it may be taken over."""
        real = await place.found()
        lost = real.lost(*_wanted(new))
        if not lost or self._was_cut_off(place, real):
            return
        before: File.State | None = await self.predecessor(new)
        if before is not None:
            if real.digest != before.digest:
                self.call.note("the content was changed by hand")
            return
        if not new.adopt:
            self._refuse(
                f"{place} is already there, with another content or mode, and Clockwork did not make it",
                "Choose another path, or write adopt=True to take it over.",
            )
        self.call.note(f"replaces {' and '.join(lost)} of {place}, which Clockwork did not make (adopt=True)")

    def _refuse(self, message: str, hint: str) -> None:
        raise not_here(self.call, message, hint)

    def _was_cut_off(self, place: FilePlace, real: Found) -> bool:
        """Tell whether a run of this stack wrote what is there, and could not remember it."""
        claim = self.call.journal.holds("file", str(place))
        return claim is not None and claim.digest == real.digest

    def _tell_drift(self, real: Found, changes: dict[str, FieldChange]) -> None:
        if real.digest is None:
            self.call.note("the file is gone; it is made again")
        elif "content" in changes and changes["content"].drift:
            self.call.note("the content was changed by hand")

    async def _write(self, new: Inputs, folders: tuple[str, ...]) -> State:
        place = await self._place(new)
        digest, mode = _wanted(new)
        made = await place.make_folders(self.call)
        claim = Claim(self.call.urn, "file", str(place), digest, on=place.reached, id=self.identify(new))
        self.call.journal.claim(claim)
        await place.write(new.content, new.mode)
        known = [*dict.fromkeys((*folders, *made))]
        return self.State(path=new.path, digest=digest, mode=mode, folders=known, on=new.on)


def _moves(before: File.Inputs | File.State, new: File.Inputs) -> dict[str, FieldChange]:
    """Say what makes it a file elsewhere; the same host at another address is the same host."""
    hosts = [None if one.on is None else one.on.name for one in (before, new)]
    differs = {"path": before.path != new.path, "on": hosts[0] != hosts[1]}
    return {name: FieldChange(replace=True) for name, changed in differs.items() if changed}


def _differences(state: File.State, new: File.Inputs) -> dict[str, FieldChange]:
    """Compare the wish with what is remembered; the real file is not looked at."""
    digest, mode = _wanted(new)
    differs = {"content": digest != state.digest, "mode": mode != state.mode}
    return {name: FieldChange() for name, changed in differs.items() if changed}


def _wanted(new: File.Inputs) -> tuple[str, str]:
    """Give the digest and the mode that a file should have."""
    return _digest(new.content), _octal(new.mode)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _octal(mode: str) -> str:
    return f"{int(mode, 8):03o}"
