"""Publishing and taking a snapshot, as the worker does at night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from app.needs import queries, service
from app.needs.domain import Published
from app.needs.snapshot import service as snapshots
from tests.support.published import YEAR


@pytest.fixture
def publish(session) -> Callable[..., Mapping[int, Published]]:
    """``publish()`` publishes all that is due in the night after a year; gives everything published."""

    def publish(night: date = date(YEAR + 1, 1, 8)) -> Mapping[int, Published]:
        service.publish_due(night)
        snapshots.take()
        return queries.publications()

    return publish
