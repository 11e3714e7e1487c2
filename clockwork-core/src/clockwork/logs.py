"""Logs for people who look for a cause: on stderr, quiet unless asked.

``CW_LOG_LEVEL`` is ``debug``, ``info``, ``warning`` (the default) or ``error``. ``CW_LOG_FORMAT``
is ``text`` (the default) or ``json``, one object a line. structlog is imported with the first
record that is really written.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from clockwork.credentials import without_credentials
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

    @contextmanager
    def stage(self, name: str, **fields: Any) -> Iterator[dict[str, Any]]:
        """Write, at ``info``, that a stage starts and that it ended, with its seconds.

        Args:
            name: What the stage is called.
            **fields: What is known when it starts.

        Yields:
            What to add to the second record, such as counts.
        """
        self.info(f"{name} starts", **fields)
        found: dict[str, Any] = {}
        started = time.perf_counter()
        try:
            yield found
        except BaseException as error:
            found["error"] = type(error).__name__
            raise
        finally:
            self.info(f"{name} ended", **found, seconds=round(time.perf_counter() - started, 3))

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
        structlog.WriteLogger(sys.stderr),
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
        _guarded,
        _head_first,
        processors.JSONRenderer(default=str, ensure_ascii=False),
    ]


def _TEXT() -> list[Any]:
    from structlog import processors

    return [processors.add_log_level, processors.format_exc_info, _guarded, _as_line]


def _guarded(_logger: Any, _method: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _without_credentials(value) for name, value in record.items()}


def _head_first(_logger: Any, _method: str, record: dict[str, Any]) -> dict[str, Any]:
    head = {name: record[name] for name in ("timestamp", "level", "event", "logger")}
    return {**head, **record}


def _without_credentials(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(without_credentials(value))
    if isinstance(value, (list, tuple)):
        return [_without_credentials(item) for item in value]
    return value


def _as_line(_logger: Any, _method: str, record: Any) -> str:
    from clockwork.ui.text import clean

    del record["logger"]
    head = f"clockwork: {record.pop('level')}: {clean(record.pop('event'))}"
    below = [f"\n  {clean(line)}" for line in record.pop("exception", "").splitlines()]
    fields = " ".join(f"{name}={_word(value)}" for name, value in record.items())
    return (f"{head} ({fields})" if fields else head) + "".join(below)


def _word(value: Any) -> str:
    """Give a value as one word, or between quotes."""
    from clockwork.ui.text import clean

    is_word = not isinstance(value, str) or (value.isprintable() and " " not in value)
    return clean(str(value)) if is_word else repr(value)
