"""Every event of a run, in the logs."""

from __future__ import annotations

from clockwork.hook_types import Event
from clockwork.logs import get_logger

_log = get_logger(__name__)


def log_event(event: Event) -> None:
    """Write an event at ``debug``, with what it says.

    Args:
        event: What happened.
    """
    about = {} if event.address is None else {"address": event.address}
    _log.debug(event.kind, **about, **event.data)
