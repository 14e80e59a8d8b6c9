"""What leaks when everything leaks: each promise with a figure, small in ``make test``, whole in ``make security``."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

FULL = os.environ.get("SECURITY") == "full"
"""Whether the whole amount is wanted, not a sample."""


@pytest.fixture
def much() -> Callable[[int, int], int]:
    """``much(5, 100)``: 5 in a sample, 100 in the whole run."""
    return lambda sample, whole: whole if FULL else sample


@pytest.fixture
def figure(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """``figure("0 of 212 MB name a marker")`` stands in the summary, beside the name of the test."""

    def say(text: str) -> None:
        record_property("figure", text)

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every figure."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.stats.get(group, [])]
    lines = [
        f"{report.nodeid.rpartition('/')[2]}: {text}"
        for report in reports
        for name, text in getattr(report, "user_properties", [])
        if name == "figure"
    ]
    if lines:
        terminalreporter.section("figures")
        for line in sorted(lines):
            terminalreporter.line(line)
