"""What the lock holds beside what a file asks for, and moving its pins; without model and engine."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from clockwork.pins import unused
from clockwork.resources.references import resolved
from clockwork.resources.targets import chosen
from clockwork.results import LockReport, PinStatus
from clockwork.waiting import run_to_its_end

if TYPE_CHECKING:
    from clockwork.preparation import Preparation


def locked(preparation: Preparation, targets: Collection[str]) -> LockReport:
    """Tell what the lock holds; no model is asked, and nothing is looked up beyond this machine.

    Args:
        preparation: A run on a file, of which nothing is loaded yet.
        targets: The addresses to tell of; empty for all.

    Raises:
        ClockworkError: The file cannot be loaded, or the lock cannot be read.
    """
    declared = preparation.load()
    picked = chosen(declared, targets)
    addresses = {resource.address for resource in picked}
    everything = resolved(preparation.completer.as_held(declared))
    wanted = [one for one in everything if one.address in addresses]
    pins = run_to_its_end(preparation.pinner.held(wanted, everything))
    held = [one for one in preparation.completer.held(declared) if one.address in addresses]
    lock = preparation.lock
    if targets:
        return LockReport(lock.path, tuple(held), tuple(pins), stack=lock.stack)
    needed = {one.address for one in held}
    left = tuple(address for address in lock.addresses if address not in needed)
    if not preparation.differs_by_stack:
        left += tuple(f"stacks.{stack}" for stack in lock.stacks)
    return LockReport(lock.path, tuple(held), (*pins, *unused(lock, pins)), left, lock.stack)


def upgraded(preparation: Preparation, targets: Collection[str]) -> LockReport:
    """Look names up again and write what they mean now to the lock.

    Args:
        preparation: A run on a file, of which nothing is loaded yet.
        targets: The addresses whose names move; empty for all.

    Raises:
        ClockworkError: The file cannot be loaded, or the lock cannot be read or written.
    """
    everything = resolved(preparation.completer.as_held(preparation.load()))
    pins = run_to_its_end(preparation.pinner.upgrade(chosen(everything, targets), everything))
    return LockReport(preparation.lock.path, pins=tuple(pins), stack=preparation.lock.stack)


def pruned(preparation: Preparation) -> LockReport:
    """Drop the entries and pins that no resource uses any more, and tell what the lock held until then.

    Args:
        preparation: A run on a file, of which nothing is loaded yet.

    Returns:
        What the lock held; ``unused`` and the unused pins are what was dropped.

    Raises:
        ClockworkError: The file cannot be loaded, or the lock cannot be read or written.
    """
    report = locked(preparation, ())
    preparation.lock.keep_only([one.address for one in report.resources])
    preparation.lock.keep_only_pins(
        {(one.kind, one.name) for one in report.pins if one.status is not PinStatus.UNUSED}
    )
    if not preparation.differs_by_stack:
        preparation.lock.keep_only_shared()
    preparation.lock.write()
    return report
