"""Clones, reads, moves and removes the real checkout."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from clockwork.errors import ProviderError
from clockwork.hosts.place import Place
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_git.addresses import Address, same_repository
from clockwork_git.checkout import Checkout
from clockwork_git.git import Git
from clockwork_git.models import CheckoutInputs, CheckoutState
from clockwork_git.moving import Depth, check_out, fetch, make_repository, switch, update_submodules
from clockwork_git.remote import Target, ask, short
from clockwork_git.taking import look_for_obstacles, refuse_local_work, why_kept

CHECKOUT = "checkout"
_IN_THE_WAY = "apply refuses to move it until that is committed and pushed, stashed or undone"


class Repository(EmbeddedResource, type="clockwork:git:Repository", declared_as="GitRepoResource"):
    """A git repository that is checked out on this machine, and whose local work is never lost."""

    Inputs = CheckoutInputs
    State = CheckoutState

    async def check(self, new: CheckoutInputs, old: CheckoutInputs | None) -> None:
        """Refuse a place where nothing can be cloned, and a repository, branch or tag that is not there."""
        self.call.siblings.wants(self.call.urn, self.identify(new))
        place, access = await self._place(new), self._access(new)
        is_elsewhere = old is None or old.path != new.path
        if old is None or is_elsewhere or (old.url, old.wish) != (new.url, new.wish):
            target = await ask(self._git(None, access), new.wish)
            if is_elsewhere:
                is_ours = await self.predecessor(new) is not None or self._was_cut_off(place)
                git = self._git(place, access)
                await look_for_obstacles(self.call, place, git, target, adopt=new.adopt, is_ours=is_ours)

    async def diff(self, state: CheckoutState, old: CheckoutInputs, new: CheckoutInputs) -> Diff:
        """Compare the wishes, the real checkout, and where it should move now."""
        if state.path != new.path:
            return Diff({"path": FieldChange(replace=True)})
        place, access = await self._place(new), self._access(new)
        checkout = await Checkout.at(self._git(place, access))
        if checkout is None:
            self.call.note("the checkout is gone; it is cloned again")
            return Diff({"commit": FieldChange(drift=True)})
        compared = ("branch", "tag", "commit", "depth")
        changes = {name: FieldChange() for name in compared if getattr(old, name) != getattr(new, name)}
        if state.url != access.url:
            changes["url"] = FieldChange()
        elif not same_repository(checkout.url, access.url, self.call.project):
            self.call.note(f"its remote was changed by hand to {checkout.url}")
            changes["url"] = FieldChange(drift=True)
        if (movement := await self._movement(checkout, state, new)) is not None:
            changes.setdefault("commit", movement)
        if new.submodules and await checkout.lacks_submodules():
            changes["submodules"] = FieldChange(drift=old.submodules)
        if work := await checkout.in_the_way([state.placed]):
            self.call.note(f"it holds {work}; " + (_IN_THE_WAY if changes else "that is left alone"))
        return Diff(changes)

    async def create(self, new: CheckoutInputs) -> CheckoutState:
        """Clone, or adopt the clean checkout of the same repository that is there."""
        place, access = await self._place(new), self._access(new)
        git = self._git(place, access)
        target = await ask(self._git(None, access), new.wish)
        before: CheckoutState | None = await self.predecessor(new)
        is_ours = before is not None or self._was_cut_off(place)
        await look_for_obstacles(self.call, place, git, target, adopt=new.adopt, is_ours=is_ours)
        checkout = await Checkout.at(git)
        if checkout is None:
            return await self._clone(place, new, target)
        is_adopted = not is_ours and not new.adopt
        if is_adopted:
            self.call.note("the checkout was there already, and clean; it is adopted and will not be deleted")
        placed = await self._move(checkout, new, target, is_deeper=False)
        state = await self._remembered(place, new, placed)
        found = is_adopted or (before is not None and before.found and not new.adopt)
        return state.model_copy(update={"found": found, "folders": before.folders if before else []})

    async def read(self, state: CheckoutState) -> CheckoutState | None:
        """Look at the real checkout; what Clockwork placed stays remembered."""
        place = await self._place(state)
        checkout = await Checkout.at(self._git(place))
        if checkout is None:
            return None
        work = await checkout.local_work([state.placed])
        seen = {"commit": checkout.status.commit, "branch": checkout.status.branch, "edited": str(work)}
        return state.model_copy(update=seen)

    async def update(self, state: CheckoutState, new: CheckoutInputs) -> CheckoutState:
        """Bring the checkout to what is wished now, unless local work is in the way."""
        place, access = await self._place(new), self._access(new)
        checkout = await Checkout.at(self._git(place, access))
        if checkout is None:
            cloned = await self._clone(place, new, await ask(self._git(None, access), new.wish))
            return cloned.model_copy(update={"folders": [*dict.fromkeys((*state.folders, *cloned.folders))]})
        refuse_local_work(self.call, place, await checkout.in_the_way([state.placed]))
        is_deeper = state.depth != new.depth
        if self._stays(state, new):
            placed = state.placed
            await self._stay(checkout, new, is_deeper=is_deeper)
        else:
            target = await ask(self._git(None, access), new.wish)
            placed = await self._move(checkout, new, target, is_deeper=is_deeper)
        moved = await self._remembered(place, new, placed)
        kept = {"folders": state.folders, "found": state.found and not new.adopt}
        return moved.model_copy(update=kept)

    async def keeps(self, state: CheckoutState) -> str | None:
        """Keep what is not ours, or not ours alone, and what would be lost for ever."""
        place = await self._place(state)
        if (successor := await self.successor(state)) is not None:
            return f"{place} is kept: {successor} has it now"
        if await place.machine.look(place.path) is None:
            return None
        if state.found:
            return f"{place} is kept: it was there before Clockwork"
        reason = await why_kept(self.call, place, self._git(place, Address(state.url)), [state.placed])
        return f"{place} is kept: {reason}" if reason else None

    async def delete(self, state: CheckoutState) -> None:
        """Remove the checkout, and the folders made for it."""
        place = await self._place(state)
        if await place.machine.look(place.path) is not None:
            await _remove(place)
        await place.remove_folders(state.folders, self.call)

    async def is_left(self, claim: Claim) -> bool:
        """Look for a clone that a killed run left."""
        if claim.kind == "folder":
            return False
        place = Place.claimed(claim.key, claim.on, self.call.project)
        await self._keep_what_would_be_lost(place, claim)
        return await place.machine.look(place.path) is not None

    async def discard(self, claim: Claim) -> bool:
        """Remove what a killed run left of a clone."""
        place = Place.claimed(claim.key, claim.on, self.call.project)
        if claim.kind == "folder":
            await place.machine.remove_folder(place.path)
            return False
        await _remove_unfinished(place)
        if await self._keep_what_would_be_lost(place, claim):
            return True
        is_there = await place.machine.look(place.path) is not None
        if is_there:
            await _remove(place)
        await place.remove_made_folders(self.call)
        return is_there

    async def _keep_what_would_be_lost(self, place: Place, claim: Claim) -> bool:
        """Keep a clone that a killed run left and somebody has worked in; tell whether it is."""
        if await place.machine.look(place.path) is None:
            return False
        reason = await why_kept(self.call, place, self._git(place, Address(claim.digest)), [])
        if reason:
            self.call.keep(f"{place} is kept: {reason}")
        return reason is not None

    def identify(self, state: CheckoutInputs | CheckoutState) -> str:
        """The path."""
        return state.path

    def _was_cut_off(self, place: Place) -> bool:
        """Tell whether a killed run of this stack cloned what is there, and could not remember it."""
        return self.call.journal.holds(CHECKOUT, str(place)) is not None

    async def _movement(
        self, checkout: Checkout, state: CheckoutState, new: CheckoutInputs
    ) -> FieldChange | None:
        """Say whether another commit or branch has to be checked out, and tell the person which."""
        status, is_new = checkout.status, state.wished != str(new.wish)
        if self._stays(state, new):
            return self._strayed(checkout, state, new)
        if new.tag is not None and not is_new:
            here = await checkout.commit_of(f"refs/tags/{new.tag}")
            target = Target(here or state.placed, tag=new.tag)
        else:
            target = await ask(self._git(None, self._access(new)), new.wish)
        if await checkout.is_at(target):
            return None
        was = f"{status.branch or 'no branch'} at {short(status.commit)}"
        self.call.note(f"moves from {was} to {target}")
        return FieldChange(drift=not is_new and target.commit == state.placed)

    def _strayed(self, checkout: Checkout, state: CheckoutState, new: CheckoutInputs) -> FieldChange | None:
        """Say whether a checkout that stays where it was cloned is on another branch."""
        status = checkout.status
        if new.branch is not None and status.branch != new.branch:
            self.call.note(f"it is on {status.branch or 'no branch'}, by hand; it goes back to {new.branch}")
            return FieldChange(drift=True)
        if status.commit != state.placed:
            self.call.note(f"it was moved by hand to {short(status.commit)}; it stays there (pull=False)")
        return None

    def _stays(self, state: CheckoutState, new: CheckoutInputs) -> bool:
        """Tell whether a branch is left where it is."""
        is_pinned = new.tag is not None or new.commit is not None
        return not new.pull and not is_pinned and state.wished == str(new.wish) and bool(state.placed)

    async def _clone(self, place: Place, new: CheckoutInputs, target: Target) -> CheckoutState:
        """Clone beside the place, and rename into it: nobody sees half a checkout."""
        access = self._access(new)
        made = await place.make_folders(self.call)
        claim = Claim(self.call.urn, CHECKOUT, str(place), access.url, id=self.identify(new))
        self.call.journal.claim(claim)
        self.call.progress("cloning", None)
        await _remove_unfinished(place)
        fresh = Path(place.unfinished)
        git = Git(self.call.project, self.call.name, str(fresh), access)
        try:
            fresh.mkdir()
            await make_repository(git, target)
            empty = await Checkout.at(git)
            assert empty is not None
            placed = await self._move(empty, new, target, is_deeper=True)
            fresh.rename(place.path)
        except BaseException:
            await _remove_unfinished(place)
            await place.remove_folders(made, self.call)
            raise
        state = await self._remembered(place, new, placed)
        return state.model_copy(update={"folders": made})

    async def _move(self, checkout: Checkout, new: CheckoutInputs, target: Target, *, is_deeper: bool) -> str:
        git, depth = checkout.git, Depth(new.depth, is_deeper)
        assert git.access is not None
        is_moved = checkout.url != git.access.url
        if is_moved:
            await git.run("config", "remote.origin.url", git.access.url)
        try:
            await fetch(git, target, depth)
            placed = await check_out(checkout, target)
        except BaseException:
            if is_moved and checkout.url:
                await git.run("config", "remote.origin.url", checkout.url)
            raise
        if new.submodules:
            await update_submodules(git, depth)
        return placed

    async def _stay(self, checkout: Checkout, new: CheckoutInputs, *, is_deeper: bool) -> None:
        git, depth = checkout.git, Depth(new.depth, is_deeper)
        branch = new.branch or checkout.status.branch
        if is_deeper and branch:
            await fetch(git, Target("", branch), depth)
        if branch != checkout.status.branch:
            await switch(git, branch)
        if new.submodules:
            await update_submodules(git, depth)

    async def _remembered(self, place: Place, new: CheckoutInputs, placed: str) -> CheckoutState:
        access = self._access(new)
        checkout = await Checkout.at(self._git(place, access))
        if checkout is None:
            raise ProviderError(f"{place} was removed while it was worked on", address=self.call.name)
        status = checkout.status
        return CheckoutState(
            path=new.path,
            url=access.url,
            commit=status.commit,
            branch=status.branch,
            edited=str(await checkout.local_work([placed])),
            wished=str(new.wish),
            placed=placed,
            depth=new.depth,
        )

    async def _place(self, thing: CheckoutInputs | CheckoutState) -> Place:
        return await Place.of(thing.path, None, self.call.project)

    def _git(self, place: Place | None, access: Address | None = None) -> Git:
        return Git(self.call.project, self.call.name, None if place is None else place.path, access)

    def _access(self, new: CheckoutInputs) -> Address:
        try:
            return Address.of(new.url, self.call.project)
        except ValueError as error:
            raise ProviderError(str(error), address=self.call.name, field="repo_url") from None


async def _remove(place: Place) -> None:
    """Remove a checkout: put aside in one step, so that nobody sees half of it."""
    await _remove_unfinished(place)
    await asyncio.to_thread(Path(place.path).rename, place.unfinished)
    await _remove_unfinished(place)


async def _remove_unfinished(place: Place) -> None:
    if Path(place.unfinished).exists():
        await asyncio.to_thread(shutil.rmtree, place.unfinished)
