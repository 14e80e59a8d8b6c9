from __future__ import annotations

from datetime import date

from app.partners.services.domain import due


def test_after_a_year_a_provider_is_asked_again():
    assert due(None, date(2026, 11, 22))
    assert not due(date(2025, 11, 23), date(2026, 11, 22))
    assert due(date(2025, 11, 22), date(2026, 11, 22))
