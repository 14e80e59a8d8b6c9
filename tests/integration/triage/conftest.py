"""Somebody at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.clients import CheckingClient
from tests.support.desks import Desk


@pytest.fixture
def desk(sign_in: Callable[..., CheckingClient]) -> Callable[[str], Desk]:
    """``desk("ads")`` signs a reader of that office in, in English."""
    return lambda office: Desk(sign_in(f"reader:{office}", "en"))
