import pytest

from tests.support.corpus import MARK


@pytest.fixture
def mark():
    return MARK.encode()
