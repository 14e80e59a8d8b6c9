"""Time travel: ``app.core.clock`` is the one place that asks what time it is."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo


class TravellingClock:
    """Stands in for ``datetime`` in ``app.core.clock``. Time goes on from where it was put."""

    combine = staticmethod(datetime.combine)

    def __init__(self) -> None:
        """Start at the real time."""
        self._shift = timedelta()
        self._stopped: datetime | None = None

    def now(self, timezone: tzinfo) -> datetime:
        """What ``datetime.now`` gives."""
        return (self._stopped or datetime.now(timezone)).astimezone(timezone) + self._shift

    def forward(self, **duration: float) -> None:
        """Travel: ``clock.forward(days=3)``."""
        self._shift += timedelta(**duration)

    def stop_at(self, moment: datetime) -> None:
        """Stop at a moment with a time zone; ``forward`` still moves it."""
        self._stopped, self._shift = moment, timedelta()
