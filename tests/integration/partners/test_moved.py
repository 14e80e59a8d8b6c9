from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("needs/services/", "partner/services/"),
        ("needs/services/some-service", "partner/services/some-service"),
        ("needs/new-service", "partner/new-service"),
    ],
)
def test_old_addresses_lead_on_for_good(sign_in, old, new):
    answer = sign_in("partner:awo").get(f"/en/{old}")
    assert (answer.status_code, answer.location) == (301, f"/en/{new}")


def test_old_addresses_are_closed_to_everybody_else(client, sign_in):
    assert client.get("/en/needs/services/").status_code == 302
    assert sign_in("reader").get("/en/needs/services/").status_code == 403
