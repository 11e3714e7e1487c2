"""Logs for people who look for a cause: on stderr, quiet unless asked.

``CW_LOG_LEVEL`` is ``debug``, ``info``, ``warning`` (the default) or ``error``. ``CW_LOG_FORMAT``
is ``text`` (the default) or ``json``, one object a line. structlog is imported with the first
record that is really written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from clockwork.errors import UsageError
from clockwork.redaction import redacted

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FORMATS = ("text", "json")


class Logger:
    """Writes records under one name; cheap to make and cheap to call below the level."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, event: str, **fields: Any) -> None:
        """Write a record for people who look into Clockwork itself."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Write a record of an ordinary step."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Write a record of something that should be looked at, though work goes on."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Write a record of a failure."""
        self._write("error", event, fields)

    def _write(self, level: str, event: str, fields: Mapping[str, Any]) -> None:
        if LEVELS[level] >= LEVELS[chosen_level()]:
            getattr(_structlog(chosen_format()), level)(event, logger=self._name, **fields)


def get_logger(name: str) -> Logger:
    """Give the logger of a module.

    Args:
        name: The module's name, ``__name__`` as a rule.
    """
    return Logger(name)


def chosen_level() -> str:
    """The least level that is written.

    Raises:
        UsageError: ``CW_LOG_LEVEL`` is none of the levels.
    """
    return _chosen("CW_LOG_LEVEL", "warning", tuple(LEVELS))


def chosen_format() -> str:
    """The form of the records.

    Raises:
        UsageError: ``CW_LOG_FORMAT`` is none of the forms.
    """
    return _chosen("CW_LOG_FORMAT", "text", FORMATS)


def check_choices() -> None:
    """Look at what was chosen before there is a record to write.

    Raises:
        UsageError: ``CW_LOG_LEVEL`` or ``CW_LOG_FORMAT`` is none of the known ones.
    """
    chosen_level()
    chosen_format()


def _chosen(variable: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "").strip().lower() or default
    if value not in allowed:
        raise UsageError(f"{variable}: {value!r} is not one of {', '.join(allowed)}")
    return value


def _structlog(form: str) -> Any:
    import structlog

    rendering = _JSON if form == "json" else _TEXT
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=rendering(),
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _JSON() -> list[Any]:
    from structlog import processors

    return [
        processors.add_log_level,
        processors.TimeStamper(fmt="iso", utc=True),
        processors.format_exc_info,
        _without_secrets,
        processors.JSONRenderer(default=str, ensure_ascii=False),
    ]


def _TEXT() -> list[Any]:
    from structlog import processors

    return [processors.add_log_level, processors.format_exc_info, _without_secrets, _as_line]


def _without_secrets(_logger: Any, _method: str, record: Any) -> Any:
    from clockwork.placeholders import mapped

    return mapped(record, redacted)


def _as_line(_logger: Any, _method: str, record: Any) -> str:
    record.pop("logger")
    head = f"clockwork: {record.pop('level')}: {record.pop('event')}"
    fields = " ".join(f"{name}={value}" for name, value in record.items())
    return f"{head} ({fields})" if fields else head
