"""How an installation tells what it is doing."""

from collections.abc import Callable

Progress = Callable[[str, float | None], None]
"""Takes what is under way, in words, and how much of it is done, from 0 to 1 (``None``: not known)."""
