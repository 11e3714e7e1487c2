"""The ways of asking that an endpoint refused, remembered on disk until they are due for another try."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clockwork.atomic import replace_file
from clockwork.engine.cache import cache_folder
from clockwork.logs import get_logger

_log = get_logger(__name__)
_VALID_FOR = timedelta(days=7)
"""Servers and models are brought up to date, and then take what they refused."""


class Refusals:
    """What one model at one endpoint is known to refuse.

    The file holds a digest of each endpoint and model, no address: an address may have a key in it.
    """

    def __init__(self, file: Path, endpoint: str, model: str) -> None:
        """Choose the file and what it is about.

        Args:
            file: Where refusals are kept; made when there is one to keep.
            endpoint: The address of the endpoint.
            model: The model's name there.
        """
        self._file = file
        self._key = hashlib.sha256(f"{endpoint}\n{model}".encode()).hexdigest()[:32]

    @classmethod
    def of(cls, endpoint: str, model: str) -> Refusals:
        """Choose the file in Clockwork's cache.

        Args:
            endpoint: The address of the endpoint.
            model: The model's name there.

        Raises:
            EngineError: ``CW_CACHE_DIR`` is in the home folder of nobody.
        """
        return cls(cache_folder() / "completion" / "refused-modes.json", endpoint, model)

    def modes(self) -> frozenset[str]:
        """Give the modes that were refused, and not too long ago."""
        return frozenset(_still_valid(self._read()).get(self._key, {}))

    def add(self, modes: Collection[str]) -> None:
        """Remember refused modes; where that cannot be written, the next run finds out again, nothing more.

        Args:
            modes: The modes that were refused now.
        """
        if not modes:
            return
        known = _still_valid(self._read())
        until = (datetime.now(UTC) + _VALID_FOR).isoformat(timespec="seconds")
        known[self._key] = {**known.get(self._key, {}), **dict.fromkeys(modes, until)}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._file, json.dumps(known, indent=1, sort_keys=True))
        except OSError as error:
            _log.info("refused modes cannot be remembered", reason=str(error))

    def _read(self) -> Any:
        try:
            return json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            _log.debug("no refused modes are remembered", reason=type(error).__name__)
            return {}


def _still_valid(content: Any) -> dict[str, dict[str, str]]:
    """Keep of a file's content what has the form of a refusal and is not expired."""
    entries = content.items() if isinstance(content, dict) else ()
    found = {
        key: {mode: until for mode, until in modes.items() if _is_ahead(until)}
        for key, modes in entries
        if isinstance(modes, dict)
    }
    return {key: modes for key, modes in found.items() if modes}


def _is_ahead(until: Any) -> bool:
    """Tell whether a moment is to come, and not further away than any that is written."""
    try:
        left = datetime.fromisoformat(until) - datetime.now(UTC)
    except (TypeError, ValueError):
        return False
    return timedelta(0) < left <= _VALID_FOR
