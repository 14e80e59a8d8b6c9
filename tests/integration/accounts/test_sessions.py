"""Sessions end, by themselves and on demand, and what somebody typed is not lost."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.accounts.models import VaultSession
from app.accounts.sessions import forget_old
from tests.support.desks import element
from tests.support.forms import fill_form, soup
from tests.support.statements import statements, writes

ME = "/en/account/me/"
WORDS = "Vielen Dank.\n<b>Wir</b> melden uns am Dienstag."


def count(session):
    return session.scalar(select(func.count()).select_from(VaultSession))


def is_in(client, path="/en/needs/"):
    answer = client.get(path)
    return not (answer.location or "").startswith("/en/account/login")


@pytest.mark.parametrize("who", ["reader:ads", "coordinator", "partner:awo", "administrator"])
def test_a_session_ends_after_half_an_hour_without_use(session, sign_in, clock, who):
    client = sign_in(who, "en")
    clock.forward(minutes=29)
    assert is_in(client, ME)
    clock.forward(minutes=29)
    assert is_in(client, ME)
    clock.forward(minutes=32)
    assert not is_in(client, ME)


def test_a_session_ends_after_ten_hours_however_busy(session, sign_in, clock):
    client = sign_in("partner:awo", "en")
    for _ in range(23):
        clock.forward(minutes=26)
        assert is_in(client, ME)
    clock.forward(minutes=3)
    assert not is_in(client, ME)


def test_the_limit_is_a_setting(own_app, clock):
    from tests.conftest import account_of
    from tests.support.arrivals import come_in

    app = own_app(idle_minutes=5)
    with app.app_context():
        email = account_of("partner:awo")
    client = come_in(app.test_client(), email, "en")
    assert "after 5 minutes" in client.get(ME).text
    clock.forward(minutes=7)
    assert not is_in(client, ME)


def test_use_is_noted_at_most_once_a_minute_and_before_the_view(app, session, sign_in, clock):
    client = sign_in("partner:awo", "en")
    with statements(app) as said:
        client.get(ME)
    assert not [one for one in said if writes(one)]
    clock.forward(seconds=70)
    with statements(app) as said:
        client.get(ME)
        client.get(ME)
    assert len([one for one in said if writes(one)]) == 1


def test_use_is_noted_before_a_form_is_handled(app, session, sign_in, clock):
    client = sign_in("partner:awo", "en")
    before = session.scalar(select(VaultSession.seen_at))
    clock.forward(minutes=10)
    assert client.post("/en/account/me/stay").status_code == 204
    assert session.scalar(select(VaultSession.seen_at)) > before


def test_staying_is_asked_for_by_a_form_of_every_desk_page(session, sign_in):
    page = sign_in("reader:ads", "en").get(ME)
    dialog = element(page, "dialog[data-idle-minutes]")
    assert dialog["data-idle-minutes"] == "30"
    assert dialog.select_one("form")["action"] == "/en/account/me/stay"
    assert "after 30 minutes" in element(page, ".tk-desk noscript").get_text()


def test_the_page_lists_sessions_and_ends_one(session, sign_in):
    here, there = sign_in("reader:ads", "en"), sign_in("reader:ads", "en")
    page = here.get(ME)
    rows = soup(page).select("#sessions tbody tr")
    assert len(rows) == 2
    assert sum("this one" in row.get_text() for row in rows) == 1
    form = element(page, "#sessions form")
    values = {field["name"]: field["value"] for field in form.select("input")}
    assert here.post(str(form["action"]), data=values).status_code == 303
    assert is_in(here, ME)
    assert not is_in(there, ME)


def test_all_others_end_at_once_and_only_ones_own(session, sign_in):
    here, others = sign_in("reader:ads", "en"), [sign_in("reader:ads", "en") for _ in range(2)]
    somebody = sign_in("coordinator", "en")
    page = here.get(ME)
    here.post(f"{ME}sessions", data=fill_form(page, f"{ME}sessions", session=None))
    assert is_in(here, ME)
    assert is_in(somebody, ME)
    assert not any(is_in(one, ME) for one in others)


def test_nobody_ends_the_session_of_another(session, sign_in):
    here, other = sign_in("reader:ads", "en"), sign_in("coordinator", "en")
    with other.session_transaction() as kept:
        identity = kept["vault"]["id"]
    sign_in("reader:ads", "en")
    page = here.get(ME)
    here.post(f"{ME}sessions", data=fill_form(page, f"{ME}sessions", session=identity))
    assert is_in(other, ME)


def test_a_forged_form_ends_nothing(session, sign_in):
    here, there = sign_in("reader:ads", "en"), sign_in("reader:ads", "en")
    here.post(f"{ME}sessions", data={})
    assert is_in(there, ME)


def test_signing_out_ends_this_session_only(session, sign_in):
    here, there = sign_in("reader:ads", "en"), sign_in("reader:ads", "en")
    kept = here.get_cookie("session").value
    here.post("/en/account/logout")
    assert is_in(there, ME)
    assert count(session) == 1
    here.set_cookie("session", kept)
    assert not is_in(here, ME)


def test_the_cookie_of_one_does_not_open_the_session_of_another(session, sign_in):
    reader, partner = sign_in("reader:ads", "en"), sign_in("partner:awo", "en")
    with reader.session_transaction() as kept:
        vault = kept["vault"]
    with partner.session_transaction() as kept:
        kept["vault"] = vault
    assert not is_in(partner)


def test_sessions_that_are_over_are_removed(session, sign_in, clock):
    sign_in("reader:ads", "en")
    clock.forward(minutes=40)
    forget_old()
    assert count(session) == 0


# A form that comes too late ------------------------------------------------------------------------------------------


def late(client, clock, path, **fields):
    clock.forward(minutes=45)
    return client.post(path, data={"csrf_token": "IjYwZ", "action": "reply", "reply-version": "3", **fields})


def test_what_was_typed_comes_back_to_be_copied(session, sign_in, clock):
    answer = late(
        sign_in("reader:ads", "en"), clock, "/en/desk/T-2345-6789", **{"reply-text": WORDS, "x-title": "Zwei Worte"}
    )
    assert answer.status_code == 401
    assert [area.get_text().lstrip("\n") for area in soup(answer).select("textarea")] == [WORDS, "Zwei Worte"]
    assert all(area.has_attr("readonly") for area in soup(answer).select("textarea"))
    assert element(answer, "main .kern-btn--primary")["href"] == "/en/account/login?next=/en/desk/T-2345-6789"
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_of_it_is_kept(app, session, sign_in, clock):
    client = sign_in("reader:ads", "en")
    clock.forward(minutes=45)
    with statements(app) as said:
        client.post("/en/desk/T-2345-6789", data={"reply-text": WORDS})
    assert not [one for one in said if writes(one)]
    with client.session_transaction() as kept:
        assert "Dienstag" not in str(dict(kept))


def test_passwords_and_codes_do_not_come_back(session, sign_in, clock):
    answer = late(
        sign_in("reader:ads", "en"),
        clock,
        f"{ME}password",
        password="Mein Kennwort",
        new="Neu Neu Neu",
        again="Neu Neu",
    )
    assert answer.status_code == 401
    assert soup(answer).select("textarea") == []
    assert "Kennwort" not in answer.text


def test_the_way_back_leads_only_to_pages_that_can_be_asked_for(session, sign_in, clock):
    answer = late(sign_in("reader:ads", "en"), clock, f"{ME}sessions", text="Zwei Worte")
    assert element(answer, "main .kern-btn--primary")["href"] == "/en/account/login"


def test_who_was_never_signed_in_is_asked_to(session, client):
    answer = client.post("/en/desk/T-2345-6789", data={"reply-text": WORDS})
    assert (answer.status_code, answer.location) == (302, "/en/account/login")
