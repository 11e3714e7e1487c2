"""The results of assertions as JUnit XML, which CI services read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from clockwork.atomic import replace_file
from clockwork.errors import ClockworkError, UsageError
from clockwork.redaction import redacted
from clockwork.results import AssertionResult, RunResult

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@contextmanager
def reporting(file: Path | None) -> Iterator[Callable[[RunResult], None]]:
    """Write the report of a run to a file, whether the run succeeds or fails.

    Args:
        file: Where to; nothing is written when ``None``.

    Raises:
        UsageError: The file cannot be written.
    """
    if file is None:
        yield lambda _result: None
        return
    folder = file.expanduser().absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{file} cannot be written: nothing may be written in {folder}")
    try:
        yield lambda result: write(file, junit(result.assertions))
    except ClockworkError as error:
        found = error.result.assertions if error.result is not None else []
        write(file, junit(found, None if found else error))
        raise


def junit(results: Sequence[AssertionResult], error: ClockworkError | None = None) -> str:
    """Describe results: a suite for each resource, a case for each assertion.

    Args:
        results: The assertions that ran, by resource.
        error: Why none ran, if that is so; it becomes a case of its own.
    """
    root = Element("testsuites", name="clockwork assert")
    for address, of_resource in groupby(results, key=lambda one: one.address):
        _suite(root, address, list(of_resource))
    if error is not None:
        _broken(root, error)
    _counted(root, [case for suite in root for case in suite])
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def write(file: Path, text: str) -> None:
    """Write a text to a file in one step.

    Raises:
        UsageError: The file cannot be written; the old one is still whole.
    """
    try:
        replace_file(file.expanduser().resolve(), text)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


def _suite(root: Element, address: str, results: Sequence[AssertionResult]) -> None:
    suite = SubElement(root, "testsuite", name=_legal(address))
    for one in results:
        case = _case(suite, one.address, one.name, one.seconds)
        if not one.passed:
            told = "\n".join([one.message, *one.log])
            SubElement(case, "failure", message=_legal(one.message), type="assertion").text = _legal(told)
    _counted(suite, list(suite))


def _broken(root: Element, error: ClockworkError) -> None:
    suite = SubElement(root, "testsuite", name="clockwork assert")
    case = _case(suite, error.address or "clockwork", "run", 0.0)
    SubElement(case, "error", message=_legal(error.message), type=error.code).text = _legal(str(error))
    _counted(suite, list(suite))


def _case(suite: Element, address: str, name: str, seconds: float) -> Element:
    return SubElement(suite, "testcase", classname=_legal(address), name=_legal(name), time=f"{seconds:.3f}")


def _counted(element: Element, cases: Sequence[Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", str(sum(case.find("error") is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _legal(text: str) -> str:
    """Hide secrets, and write out what XML cannot hold, such as the escape character."""
    return _NOT_IN_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), redacted(text))
