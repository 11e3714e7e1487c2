"""Creates, reads, updates and deletes the real file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from pathlib import Path

from pydantic import BaseModel, Field

from clockwork.errors import ProviderError
from clockwork.paths import declared_path, real_path
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_file.resource import MODE, MODE_EXAMPLES, MODE_IN_WORDS

_DEFAULT_MODE = "644"


class File(EmbeddedResource, type="clockwork:file:File", declared_as="FileResource"):
    """A file on this machine, written atomically and never over somebody else's."""

    class Inputs(BaseModel):
        """What the file should be."""

        path: str
        content: str = ""
        mode: str = Field(
            default=_DEFAULT_MODE, pattern=MODE, description=MODE_IN_WORDS, examples=MODE_EXAMPLES
        )
        adopt: bool = False

    class State(BaseModel):
        """What is remembered of the file.

        Attributes:
            path: Relative to the project where it is inside.
            digest: SHA-256 of what Clockwork wrote, or found and adopted.
            mode: Its permissions as they were set.
            folders: Folders that Clockwork made for it, outermost first.
            found: Whether it was there before, identical, and was adopted; it is never deleted.
        """

        path: str
        digest: str
        mode: str
        folders: list[str] = []
        found: bool = False

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse a path that cannot be written or that holds somebody else's file."""
        await asyncio.to_thread(self._check, new, old)

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Compare wish and state, and look at the real file for changes by hand."""
        if new.path != state.path:
            return Diff({"path": FieldChange(replace=True), **_differences(state, new)})
        return await asyncio.to_thread(self._diff, state, new)

    async def create(self, new: Inputs) -> State:
        """Write the file, or adopt the identical one that is there."""
        return await asyncio.to_thread(self._create, new)

    async def read(self, state: State) -> State | None:
        """Look at the real file; the digest stays that of what Clockwork wrote."""
        file = real_path(state.path, self.call.project)
        mode = await asyncio.to_thread(_mode_of, file)
        return None if mode is None else state.model_copy(update={"mode": mode})

    async def update(self, state: State, new: Inputs) -> State:
        """Write the content and the mode."""
        return await asyncio.to_thread(self._update, state, new)

    async def delete(self, state: State) -> None:
        """Remove the file, if it is ours and as we left it, and the folders made for it."""
        await asyncio.to_thread(self._delete, state)

    async def discard(self, claim: Claim) -> None:
        """Remove a file or folder that a killed run left."""
        await asyncio.to_thread(self._discard, claim)

    def identify(self, state: State) -> str:
        """The path."""
        return state.path

    def _check(self, new: Inputs, old: Inputs | None) -> None:
        file = real_path(new.path, self.call.project)
        self._check_place(file)
        if old is not None and old.path == new.path:
            return
        if not file.exists() or self._is_ours(file) or _is_as_wanted(file, new):
            return
        if not new.adopt:
            raise ProviderError(
                f"{file} is already there, with another content or mode, and Clockwork did not make it",
                address=self.call.name,
                field="path",
                hint="Choose another path, or write adopt=True to take it over.",
            )
        self.call.note(f"replaces {_lost(file, new)} of {file}, which Clockwork did not make (adopt=True)")

    def _check_place(self, file: Path) -> None:
        if file.is_symlink():
            self._refuse(f"{file} is a symbolic link to {file.readlink()}", "Write the real path instead.")
        if file.is_dir():
            self._refuse(f"{file} is a folder", "Choose a path whose last part is the file's name.")
        if file.exists() and not file.is_file():
            self._refuse(f"{file} is not a regular file", "Choose another path.")
        nearest = next(parent for parent in file.parents if parent.exists() or parent.is_symlink())
        if not nearest.is_dir():
            self._refuse(f"{nearest} is not a folder", "Choose a path whose folders can be made.")
        if not os.access(nearest, os.W_OK | os.X_OK):
            self._refuse(f"{nearest} is not writable for you", "Choose another folder or change its mode.")

    def _refuse(self, message: str, hint: str) -> None:
        raise ProviderError(message, address=self.call.name, field="path", hint=hint)

    def _is_ours(self, file: Path) -> bool:
        claim = self.call.journal.holds("file", str(file))
        return claim is not None and claim.digest == _digest_of(file)

    def _diff(self, state: State, new: Inputs) -> Diff:
        file = real_path(state.path, self.call.project)
        digest, mode = _digest_of(file), _mode_of(file)
        changes: dict[str, FieldChange] = {}
        if digest != _digest(new.content):
            changes["content"] = FieldChange(drift=digest != state.digest and not self._is_ours(file))
        elif digest != state.digest:
            changes["content"] = FieldChange()
        if digest is not None and mode != _octal(new.mode):
            changes["mode"] = FieldChange(drift=mode != state.mode)
        if digest is None:
            self.call.note("the file is gone; it is made again")
        elif "content" in changes and changes["content"].drift:
            self.call.note("the content was changed by hand; it is restored")
        if "mode" in changes and changes["mode"].drift:
            self.call.note(f"the mode was changed by hand to {mode}; it is restored")
        return Diff(changes)

    def _create(self, new: Inputs) -> State:
        file = real_path(new.path, self.call.project)
        if _is_as_wanted(file, new) and not self._is_ours(file) and not new.adopt:
            self.call.note("the file was there already, identical; it is adopted and will not be deleted")
            return self.State(path=new.path, digest=_digest(new.content), mode=_octal(new.mode), found=True)
        # The check ran before anything was changed; a file may have appeared since.
        self._check(new, None)
        return self._write(new, ())

    def _update(self, state: State, new: Inputs) -> State:
        found = state.found and not new.adopt and real_path(state.path, self.call.project).exists()
        written = self._write(new, tuple(state.folders))
        return written.model_copy(update={"found": found})

    def _write(self, new: Inputs, folders: tuple[str, ...]) -> State:
        file = real_path(new.path, self.call.project)
        digest = _digest(new.content)
        made = self._make_folders(file.parent)
        self.call.journal.claim(Claim(self.call.urn, "file", str(file), digest))
        _write_atomically(file, new.content.encode("utf-8"), int(new.mode, 8))
        return self.State(
            path=new.path, digest=digest, mode=_octal(new.mode), folders=[*dict.fromkeys((*folders, *made))]
        )

    def _make_folders(self, folder: Path) -> list[str]:
        """Make the missing folders; name those that Clockwork made, in this run or an earlier one."""
        made = []
        for part in reversed([folder, *folder.parents]):
            if not part.exists():
                self.call.journal.claim(Claim(self.call.urn, "folder", str(part), lasting=True))
                part.mkdir(exist_ok=True)
            if self.call.journal.holds("folder", str(part)):
                made.append(declared_path(str(part), self.call.project))
        return made

    def _delete(self, state: State) -> None:
        file = real_path(state.path, self.call.project)
        digest = None if file.is_symlink() else _digest_of(file)
        if digest is not None and state.found:
            self.call.keep(f"{file} is kept: it was there before Clockwork")
            return
        is_edited = digest != state.digest and not self._is_ours(file)
        if digest is not None and is_edited and not self.call.force:
            self.call.keep(f"{file} is kept: it was changed by hand (--force deletes it)")
            return
        if digest is None and (file.is_symlink() or file.exists()):
            self.call.keep(f"{file} is kept: it is no longer the file that Clockwork made")
            return
        file.unlink(missing_ok=True)
        _temporary(file).unlink(missing_ok=True)
        _remove_empty([real_path(folder, self.call.project) for folder in state.folders])

    def _discard(self, claim: Claim) -> None:
        path = Path(claim.key)
        if claim.kind == "folder":
            _remove_empty([path])
            return
        _temporary(path).unlink(missing_ok=True)
        if not path.is_symlink() and _digest_of(path) == claim.digest:
            path.unlink()
        elif path.exists():
            self.call.keep(f"{path} is kept: it was changed by hand")
        _remove_empty([part for part in path.parents if self.call.journal.holds("folder", str(part))])


def _differences(state: File.State, new: File.Inputs) -> dict[str, FieldChange]:
    """Compare the wish with what is remembered; the real file is not looked at."""
    differs = {"content": _digest(new.content) != state.digest, "mode": _octal(new.mode) != state.mode}
    return {name: FieldChange() for name, changed in differs.items() if changed}


def _is_as_wanted(file: Path, new: File.Inputs) -> bool:
    return _digest_of(file) == _digest(new.content) and _mode_of(file) == _octal(new.mode)


def _lost(file: Path, new: File.Inputs) -> str:
    """Say what of a file that is there will be overwritten."""
    content = [] if _digest_of(file) == _digest(new.content) else ["the content"]
    mode = [] if _mode_of(file) == _octal(new.mode) else [f"the mode {_mode_of(file)}"]
    return " and ".join([*content, *mode])


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _digest_of(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _mode_of(file: Path) -> str | None:
    try:
        return f"{stat.S_IMODE(file.stat().st_mode):03o}"
    except (FileNotFoundError, NotADirectoryError):
        return None


def _octal(mode: str) -> str:
    return f"{int(mode, 8):03o}"


def _temporary(file: Path) -> Path:
    """Name the half-written file; always the same, so that a killed run leaves at most one."""
    return file.with_name(f".{file.name[:200]}.clockwork-new")


def _write_atomically(file: Path, content: bytes, mode: int) -> None:
    fresh = _temporary(file)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), mode)
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders that are empty, innermost first; one that holds something stays."""
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        try:
            folder.rmdir()
        except OSError:
            return
