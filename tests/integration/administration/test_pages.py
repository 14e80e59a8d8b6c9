"""The administrator's pages as a whole: who may see them, and that each is linked."""

from __future__ import annotations

import pytest

from tests.support.forms import soup

ROOT = "/account/administration"
PAGES = (
    "", "/offices", "/offices/add/office", "/offices/add/independent", "/offices/soziales", "/offices/soziales/end",
    "/retention", "/threshold", "/languages", "/deadlines", "/closed-days",
)  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there(session, sign_in, language, page):
    answer = sign_in("administrator", language).get(f"/{language}{ROOT}{page}")
    assert answer.status_code == 200


def test_the_first_page_leads_everywhere(session, sign_in):
    admin = sign_in("administrator", "en")
    links = {link["href"] for link in soup(admin.get(f"/en{ROOT}")).select("main dl a")}
    assert links == {
        f"/en{ROOT}/offices", f"/en{ROOT}/retention", f"/en{ROOT}/threshold", f"/en{ROOT}/languages",
        f"/en{ROOT}/deadlines", f"/en{ROOT}/closed-days", "/en/account/people", "/en/account/undelivered", "/en/audit/",
        "/en/account/templates", "/en/account/labels",
    }  # fmt: skip
    assert all(admin.get(link).status_code == 200 for link in links)


def test_only_administrators_see_them(session, sign_in):
    reader = sign_in("reader:ads", "en")
    assert {reader.get(f"/en{ROOT}{page}").status_code for page in PAGES} == {403}
