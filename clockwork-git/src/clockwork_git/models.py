"""What is wished of a checkout, and what is remembered of it."""

from __future__ import annotations

from pydantic import BaseModel

from clockwork_git.remote import Wish


class CheckoutInputs(BaseModel):
    """What should be checked out, and where."""

    path: str
    url: str
    branch: str | None = None
    tag: str | None = None
    commit: str | None = None
    pull: bool = True
    depth: int | None = None
    submodules: bool = False
    adopt: bool = False

    @property
    def wish(self) -> Wish:
        """What should be checked out."""
        return Wish(self.branch, self.tag, self.commit)


class CheckoutState(BaseModel):
    """What is remembered of the checkout.

    Attributes:
        path: Relative to the project where it is inside.
        url: Where it is cloned from, without credentials.
        commit: The commit that is checked out.
        branch: The branch it is on; empty when on none.
        edited: What is in it and nowhere else, in words.
        wished: What was wished when it was moved last, in words.
        placed: The remote's commit that it was moved to then.
        depth: How much of the history was fetched.
        folders: Folders that Clockwork made for it, outermost first.
        found: Whether it was there before and was adopted; it is never deleted.
    """

    path: str
    url: str
    commit: str
    branch: str = ""
    edited: str = ""
    wished: str = ""
    placed: str = ""
    depth: int | None = None
    folders: list[str] = []
    found: bool = False
