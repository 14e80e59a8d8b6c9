"""Numbers in addresses and hidden fields that no row can have."""

from __future__ import annotations

import pytest

from app.core.fields import ROW_MAX

TOO_LARGE = str(ROW_MAX + 1)


@pytest.mark.parametrize(
    "path", ["/en/strategy/{}", "/en/desk/strategy/{}", "/en/planning/versions/{}", "/en/proposals/{}"]
)
@pytest.mark.parametrize("number", [TOO_LARGE, "9" * 30])
def test_a_number_that_no_row_can_have_is_not_found(jena, sign_in, path, number):
    assert sign_in("planner", "en").get(path.format(number)).status_code == 404
