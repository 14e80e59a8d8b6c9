"""A page of somebody else's can hand in nothing here, by whatever a browser says or does not say."""

import pytest

from tests.support.forms import changed, soup
from tests.support.walks import GAP, answer, page_of, receipt_in, report_form, send, walk

PLANTED = "x" * 32
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "http://localhost:1"},
    {"Origin": "file://"},
]
OWN = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
SILENT = [{}, {"Origin": "null"}]


@pytest.fixture
def old(client):
    """A browser that says nothing of its own accord."""
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    return client


@pytest.mark.parametrize("said", FOREIGN, ids=str)
def test_a_foreign_page_hands_in_no_report_and_opens_none(old, said):
    values = changed(report_form(walk(old)), go="send")
    refused = old.post("/de/report", data=values, headers=said)
    assert refused.status_code == 303
    assert refused.headers["Location"] == "/de/report"
    receipt = receipt_in(send(old))
    for path in ("", "/write", "/erase", "/file", "/card", "/keep"):
        refused = old.post(f"/de/receipt{path}", data={"receipt": receipt, "confirm": "yes"}, headers=said)
        assert refused.status_code == 303, path
        assert refused.headers["Location"] == "/de/receipt"
    assert old.post("/de/receipt", data={"receipt": receipt}).status_code == 200


@pytest.mark.parametrize("said", [*OWN, *SILENT], ids=str)
def test_every_honest_browser_sends_a_report_and_opens_it(old, said):
    for name, value in said.items():
        old.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
    receipt = receipt_in(send(old))
    assert old.post("/de/receipt", data={"receipt": receipt}).status_code == 200


def test_an_address_behind_a_proxy_that_nobody_named_is_our_own_as_well(own_app):
    client = own_app(base_url="https://karte.example").test_client()
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    client.environ_base["HTTP_ORIGIN"] = "https://karte.example"
    assert receipt_in(send(client))


@pytest.mark.parametrize("said", SILENT, ids=str)
@pytest.mark.parametrize("go", ["next", "stay", "back", "change:text"])
def test_a_nonce_that_may_be_planted_is_taken_out_and_no_word_is_lost(old, said, go):
    values = changed(report_form(walk(old)), nonce=PLANTED, go=go)
    page = old.post("/de/report", data=values, headers=said)
    assert page.status_code == 200
    assert report_form(page)["nonce"] != PLANTED
    assert report_form(page)["text"] == GAP["text"]


@pytest.mark.parametrize("said", SILENT, ids=str)
def test_even_on_a_page_that_is_shown_again_because_of_a_fault(old, said):
    values = changed(report_form(walk(old)), nonce=PLANTED, go="send", text="")
    page = old.post("/de/report", data=values, headers=said)
    assert page.status_code == 422
    assert report_form(page)["nonce"] != PLANTED


def test_what_was_sent_twice_by_an_old_browser_is_still_one_report(old):
    values = changed(report_form(walk(old)), go="send")
    first, second = (old.post("/de/report", data=values) for _ in range(2))
    assert receipt_in(first) == receipt_in(second)


def test_a_browser_that_says_it_is_ours_keeps_its_nonce(client):
    page = walk(client, to="text")
    assert report_form(answer(client, page, GAP))["nonce"] == report_form(page)["nonce"]
    assert page_of(page) == "text"
    assert soup(page)
