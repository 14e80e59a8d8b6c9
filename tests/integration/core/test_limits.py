"""Abuse is slowed down. People who share an address are not, and whoever must wait loses nothing."""

import re
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import altcha
import pytest
from limits.storage import memory
from sqlalchemy import func, select

from app.core import clock as core_clock
from app.core import limits, proof
from app.core.database import db
from app.reports.models import Report
from tests.support.corpus import picture
from tests.support.forms import changed, fill_form, soup
from tests.support.walks import GAP, answer, page_of, receipt_in, report_form, send, walk

FORGED = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7"}


def solved(client):
    """A solution as the browser's worker finds it."""
    challenge = altcha.Challenge.from_dict(client.get("/de/report/challenge").json)
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def post(client, values, **changes):
    sent = changed(values, **{"go": "send"} | changes)
    return client.post("/de/report", data=sent, content_type="multipart/form-data")


def reports(app):
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Report))
        db.session.rollback()
    return found


def from_address(app, address):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


# Sending -------------------------------------------------------------------------------------------------------------


def test_beyond_the_quota_everything_typed_is_still_there_and_help_is_named(own_app):
    app = own_app(limit_reports_unproved=1)
    client = app.test_client()
    send(client)
    response = send(client, {**GAP, "text": "Zitronenfalter im Treppenhaus"})
    assert response.status_code == 429
    assert page_of(response) == "check"
    assert report_form(response)["text"] == "Zitronenfalter im Treppenhaus"
    wait = int(response.headers["Retry-After"])
    assert 3590 <= wait <= 3600
    page = soup(response)
    assert "60" in page.select_one(".kern-alert--warning strong").get_text()
    assert page.select("main a[href='tel:110']"), "the emergency number is missing"
    assert page.select(".kern-alert--warning li strong"), "nobody is named who advises people"
    assert reports(app) == 1


def test_after_the_wait_the_same_form_is_taken(own_app, monkeypatch):
    app = own_app(limit_reports_unproved=1)
    client = app.test_client()
    send(client)
    values = report_form(send(client))
    later = time.time() + 3601
    monkeypatch.setattr(memory.time, "time", lambda: later)
    assert receipt_in(post(client, values))
    assert reports(app) == 2


def test_files_over_the_quota_stay_out_and_words_do_not(own_app):
    app = own_app(limit_uploads=1)
    client = app.test_client()
    large = picture("PNG", size=(700, 700)) + bytes(400_000)
    values = report_form(walk(client))

    def post_file():
        return post(client, values, files=(BytesIO(large), "a.png"))

    assert receipt_in(post_file())
    values = report_form(walk(client))
    response = post_file()
    assert response.status_code == 429
    assert report_form(response)["text"] == GAP["text"]
    assert len(soup(response).select(".kern-alert--warning")) == 2, "one says: wait; one says: choose the files again"
    assert reports(app) == 1


def test_a_shelter_where_fifty_people_share_one_address_is_let_through(own_app):
    """150 sendings within the hour, each by a browser that has worked for it, under the quotas that are preset."""
    preset = {name: field.default for name, field in limits_of_settings().items()}
    app = own_app(**preset)
    client = app.test_client()
    values = report_form(walk(client))
    for number in range(150):
        response = post(client, values, nonce=f"{number:032}", proof=solved_quickly(app))
        assert response.status_code == 200, f"the {number}th is refused"
    assert reports(app) == 150


def limits_of_settings():
    from app.core.settings import Settings

    return {name: field for name, field in Settings.model_fields.items() if name.startswith("limit_")}


def solved_quickly(app):
    """A solution, for whoever knows the secret the challenge is signed with and makes it easy."""
    with app.app_context():
        challenge = altcha.create_challenge(
            proof.ALGORITHM, 1, key_prefix="", expires_at=int(time.time()) + 60, hmac_secret=proof._secret()
        )
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def test_without_work_there_is_a_brake_over_all_clients(own_app):
    app = own_app(limit_reports_unproved_total=2, trusted_proxies=1)
    for number in range(3):
        client = from_address(app, "127.0.0.1")
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        response = send(client)
        assert response.status_code == (200 if number < 2 else 429)
    values = report_form(response)
    assert post(client, values, proof=solved(client)).status_code == 200, "who has worked is not held up by it"


def test_nobody_is_asked_to_solve_anything(client):
    page = soup(walk(client))
    field = page.select_one("input[name=proof]")
    assert field["type"] == "hidden"
    assert field["value"] == ""
    assert receipt_in(send(client))


# Proof of work -------------------------------------------------------------------------------------------------------


def test_a_challenge_names_nobody_and_is_kept_nowhere(client):
    response = client.get("/de/report/challenge")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    parameters = response.json["parameters"]
    assert set(parameters) == {
        "algorithm", "cost", "keyLength", "keyPrefix", "nonce", "salt", "expiresAt",
    }  # fmt: skip
    assert parameters["nonce"] != client.get("/de/report/challenge").json["parameters"]["nonce"]


def test_work_counts_once_and_for_its_own_form_again(own_app):
    app = own_app(limit_reports=10, limit_reports_unproved=1)
    client = app.test_client()
    solution = solved(client)
    values = report_form(walk(client))
    first = post(client, values, proof=solution)
    assert receipt_in(first) == receipt_in(post(client, values, proof=solution)), "the answer may have been lost"
    others = [post(client, values, proof=solution, nonce=f"{number:032}").status_code for number in range(2)]
    assert others == [200, 429], "for another form it is no proof any more"


def test_work_that_is_done_travels_on_and_spent_work_does_not(own_app):
    app = own_app()
    client = app.test_client()
    solution = solved(client)
    values = report_form(walk(client, to="text"))
    page = client.post("/de/report", data=changed(values, proof=solution, go="next"))
    assert report_form(page)["proof"] == solution
    while page_of(page) != "check":
        page = answer(client, page, GAP)
    post(client, report_form(page))
    again = post(client, report_form(page), files=(BytesIO(b"x"), "a.jpg"))
    assert again.status_code == 422
    assert report_form(again)["proof"] == ""


@pytest.mark.parametrize("seconds", [proof.LIFE_SECONDS + 1, 10 * proof.LIFE_SECONDS])
def test_old_work_is_worth_nothing(own_app, monkeypatch, seconds):
    app = own_app()
    solution = solved(app.test_client())
    later = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: later)
    with app.app_context():
        assert proof.kept(solution) == ""
        assert not proof.spend(solution, "a form")


def tampered(change):
    def changed(app):
        payload = altcha.Payload.from_base64(solved(app.test_client()))
        change(payload)
        return payload.to_base64()

    return changed


def later_end(payload):
    payload.challenge.parameters.expires_at += 10_000


def less_work(payload):
    payload.challenge.parameters.key_prefix = ""


def other_number(payload):
    payload.solution.counter += 1


def of_another(payload):
    payload.challenge.parameters.nonce = "00" * 16


@pytest.mark.parametrize("change", [later_end, less_work, other_number, of_another])
def test_forged_work_is_worth_nothing(own_app, change):
    app = own_app()
    forged = tampered(change)(app)
    with app.app_context():
        assert not proof.spend(forged, "a form")


@pytest.mark.parametrize(
    "rubbish",
    ["", "x", "e30=", "bnVsbA==", "W10=", "[" * 3000, "A" * 5000, "\x00", "é", "eyJjaGFsbGVuZ2UiOiBudWxsfQ=="],
)
def test_rubbish_is_no_work_and_no_fault(own_app, rubbish):
    app = own_app()
    with app.app_context():
        assert proof.kept(rubbish) == ""
        assert not proof.spend(rubbish, "a form")


def test_the_work_of_another_installation_does_not_count(own_app):
    solution = solved(own_app(secret_key="another-secret-of-the-tests-0123456789").test_client())
    with own_app().app_context():
        assert not proof.spend(solution, "a form")


# Receipts and sign-in ------------------------------------------------------------------------------------------------


def test_receipts_are_looked_up_so_often_and_words_to_the_office_are_kept(own_app):
    app = own_app(limit_receipts=1)
    client = app.test_client()
    receipt = receipt_in(send(client))
    assert client.post("/de/receipt", data={"receipt": receipt}).status_code == 200
    response = client.post("/de/receipt/write", data={"receipt": receipt, "message": "Kornblumen am Zaun"})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
    form = soup(response).select_one("main form")
    assert form["action"] == "/de/receipt/write"
    assert fill_form(response)["message"] == "Kornblumen am Zaun"
    assert fill_form(response)["receipt"] == receipt
    assert soup(response).select("main a[href='tel:110']")


def test_mistyped_digits_cost_nothing(own_app):
    client = own_app(limit_receipts=1).test_client()
    assert {client.post("/de/receipt", data={"receipt": "1234"}).status_code for _ in range(5)} == {422}


def test_passwords_are_tried_so_often_and_never_kept_on_a_page(own_app):
    client = own_app(limit_sign_in=2).test_client()
    said = {"email": "ads@demo.example", "password": "Distelfink-am-Morgen"}
    statuses = [client.post("/de/account/login", data=said).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:2]
    response = client.post("/de/account/login", data=said)
    assert said["password"] not in response.get_data(as_text=True)
    assert not soup(response).select("main form")
    assert client.get("/de/account/login").status_code == 200, "looking is not limited"


# Who a client is -----------------------------------------------------------------------------------------------------


def name_of(app, address, **headers):
    with app.test_request_context("/de/", environ_base={"REMOTE_ADDR": address}, headers=headers):
        return limits.client()


def test_a_name_betrays_no_address_and_lasts_a_day(own_app, clock):
    app = own_app()
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    clock.stop_at(noon)
    name = name_of(app, "192.0.2.1")
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert name == name_of(app, "192.0.2.1") != name_of(app, "192.0.2.2")
    clock.stop_at(noon + timedelta(hours=11, minutes=59))
    assert name_of(app, "192.0.2.1") == name
    clock.stop_at(noon + timedelta(hours=12))
    assert name_of(app, "192.0.2.1") != name
    clock.stop_at(noon)
    assert name_of(app, "192.0.2.1") != name, "the key of a day is gone for good"


def test_two_processes_name_one_address_differently():
    assert limits.DailyKey().name("192.0.2.1") != limits.DailyKey().name("192.0.2.1")


def test_a_household_is_one_client(own_app):
    app = own_app()
    home = name_of(app, "2001:db8:1:2a00::1")
    assert home == name_of(app, "2001:db8:1:2aff:1:2:3:4")
    assert home != name_of(app, "2001:db8:1:2b00::1")
    assert name_of(app, "::ffff:192.0.2.1") == name_of(app, "192.0.2.1")
    assert name_of(app, "unix:") != home


def test_an_address_that_somebody_claims_counts_for_nothing(own_app):
    app = own_app(limit_receipts=1)
    client = app.test_client()
    receipt = receipt_in(send(client))
    statuses = []
    for number in range(2):
        said = {name: value.replace("7", str(number)) for name, value in FORGED.items()}
        statuses.append(client.post("/de/receipt", data={"receipt": receipt}, headers=said).status_code)
    assert statuses == [200, 429]


def test_behind_a_proxy_the_address_that_it_adds_counts(own_app):
    app = own_app(limit_receipts=1, trusted_proxies=1)
    client = app.test_client()
    receipt = receipt_in(send(client))

    def look(claimed, real):
        said = {"X-Forwarded-For": f"{claimed}, {real}"}
        return client.post("/de/receipt", data={"receipt": receipt}, headers=said).status_code

    assert look("203.0.113.1", "198.51.100.1") == 200
    assert look("203.0.113.2", "198.51.100.1") == 429, "what stands before it was claimed by the client"
    assert look("203.0.113.1", "198.51.100.2") == 200


def test_what_is_counted_is_kept_in_memory_only_and_without_addresses(own_app, tmp_path):
    app = own_app(limit_receipts=5)
    client = from_address(app, "192.0.2.55")
    receipt = receipt_in(send(client))
    client.post("/de/receipt", data={"receipt": receipt})
    storage = app.extensions["limits"].storage
    assert isinstance(storage, memory.MemoryStorage)
    assert storage.events
    assert "192.0.2.55" not in repr([storage.events, storage.storage, limits._names.__dict__])


def test_the_clock_of_the_key_is_utc(clock, own_app):
    assert core_clock.now().tzinfo is UTC
