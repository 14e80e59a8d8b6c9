from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.directory import queries as directory
from app.directory import service as directory_service
from tests.support.forms import fill_form, soup


@pytest.fixture
def awo(session, jena):
    """A service of the organisation whose partner signs in."""
    return next(card for card in directory.services() if card.organisation == "awo")


@pytest.fixture
def partner(sign_in):
    return sign_in("partner:awo")


def address(card):
    return f"/de/partner/services/{card.key}"


def shown(key: str) -> Any:
    """A service on offer."""
    card = directory.service(key)
    assert card is not None
    return card


def parsed(answer: Any) -> Any:
    return soup(answer)


def test_a_partner_sees_the_services_of_the_own_organisation_only(awo, partner):
    page = parsed(partner.get("/de/partner/services/"))
    shown = {link["href"].rsplit("/", 1)[1] for link in page.select("section a")}
    assert shown == {card.key for card in directory.services() if card.organisation == "awo"}


def test_a_confirmation_has_the_date_of_today(awo, partner):
    page = partner.get("/de/partner/services/")
    form = next(form for form in parsed(page).select("main form") if form.select_one(f'[value="{awo.key}"]'))
    data = {field["name"]: field["value"] for field in form.select("input")}
    answer = partner.post(form["action"], data=data)
    assert answer.status_code == 302
    assert shown(awo.key).confirmed_on == clock.today()
    assert partner.get(answer.location).status_code == 200


def test_a_change_is_seen_at_once(awo, partner):
    form = fill_form(
        partner.get(address(awo)),
        name_de="Neuer Name",
        name_ar="",
        topics=["work", "education"],
        languages=["de", "uk"],
        opening_hours="Mo 9 bis 12 Uhr\nDi 14 bis 16 Uhr",
        barrier_free="no",
        evening="yes",
        url="https://www.example.org/hilfe",
    )
    assert partner.post(address(awo), data=form).status_code == 302
    card = shown(awo.key)
    assert card.name["de"] == "Neuer Name"
    assert "ar" not in card.name
    assert card.name["en"] == awo.name["en"]
    assert (set(card.topics), card.languages) == ({"work", "education"}, ("de", "uk"))
    assert card.opening_hours == "Mo 9 bis 12 Uhr\nDi 14 bis 16 Uhr"
    assert (card.barrier_free, card.evening) == (False, True)
    assert card.url == "https://www.example.org/hilfe"
    assert card.confirmed_on == clock.today()
    assert not card.example
    assert (card.longitude, card.latitude) == (awo.longitude, awo.latitude)


def test_saving_without_a_change_changes_nothing_but_the_date(awo, partner):
    assert partner.post(address(awo), data=fill_form(partner.get(address(awo)))).status_code == 302
    card = shown(awo.key)
    unchanged = ("name", "description", "topics", "targets", "languages", "area_id", "address", "precision",
                 "longitude", "latitude", "opening_hours", "barrier_free", "evening", "url")  # fmt: skip
    for name in unchanged:
        assert getattr(card, name) == getattr(awo, name), name


def test_another_part_of_town_moves_the_point_there(awo, partner, jena):
    other = jena.area("4" if awo.area_id != jena.area("4").id else "18")
    form = fill_form(partner.get(address(awo)), area=other.key, address="Musterstraße 1")
    assert partner.post(address(awo), data=form).status_code == 302
    card = shown(awo.key)
    assert (card.area_id, card.precision) == (other.id, "area")
    assert (card.longitude, card.latitude) == pytest.approx((other.longitude, other.latitude))


def test_a_service_without_a_fixed_place_has_no_point(awo, partner):
    assert partner.post(address(awo), data=fill_form(partner.get(address(awo)), area="")).status_code == 302
    card = shown(awo.key)
    assert (card.area_id, card.longitude, card.latitude) == (None, None, None)


def test_a_service_can_end_and_come_back(awo, partner):
    assert partner.post(address(awo), data=fill_form(partner.get(address(awo)), offered=None)).status_code == 302
    assert directory.service(awo.key) is None
    page = partner.get(address(awo))
    assert not parsed(page).select_one("#offered").has_attr("checked")
    assert partner.post(address(awo), data=fill_form(page, offered="y")).status_code == 302
    assert directory.service(awo.key) is not None


def test_a_new_service_appears(awo, partner, jena):
    form = fill_form(
        partner.get("/de/partner/new-service"),
        name_de="Übersetzungshilfe für Anträge",
        description_de="Wir helfen beim Ausfüllen. Es kostet nichts.",
        topics=["authority"],
        targets=["newcomers"],
        languages=["de", "ar"],
        area="18",
    )
    answer = partner.post("/de/partner/new-service", data=form)
    assert answer.status_code == 302
    key = answer.location.rpartition("=")[2]
    card = shown(key)
    assert key.startswith("ubersetzungshilfe-fur-antrage-")
    assert (card.organisation, card.area_id, card.precision) == ("awo", jena.area("18").id, "area")
    assert card.confirmed_on == clock.today()
    assert card.longitude is not None


WRONG = [
    ({"name_de": "   "}, "#name_de"),
    ({"name_de": "x" * 151}, "#name_de"),
    ({"description_de": ""}, "#description_de"),
    ({"description_en": "x" * 1501}, "#description_en"),
    ({"topics": []}, "#topics-0"),
    ({"topics": ["housing", "astrology"]}, "#topics-0"),
    ({"targets": ["kings"]}, "#targets-0"),
    ({"languages": ["klingon"]}, "#languages-0"),
    ({"area": "99"}, "#area"),
    ({"barrier_free": "maybe"}, "#barrier_free-0"),
    ({"evening": None}, "#evening-0"),
    ({"address": "x" * 301}, "#address"),
    ({"url": "javascript:alert(1)"}, "#url"),
    ({"url": "http://[broken"}, "#url"),
    ({"url": "www.example.org"}, "#url"),
]


@pytest.mark.parametrize(("changes", "target"), WRONG)
def test_what_is_wrong_is_named_and_what_was_typed_stays(awo, partner, changes, target):
    form = fill_form(partner.get(address(awo)), **{"opening_hours": "nach Absprache", **changes})
    answer = partner.post(address(awo), data=form)
    assert answer.status_code == 422
    page = parsed(answer)
    assert page.select_one(f'#error-summary a[href="{target}"]') is not None
    assert page.select_one("#opening_hours").get_text(strip=True) == "nach Absprache"
    assert page.title.get_text().startswith(("Error:", "Fehler:"))
    assert shown(awo.key) == awo


def test_invisible_signs_do_no_harm(awo, partner):
    form = fill_form(partner.get(address(awo)), name_de="Ber\x00atung\x1b", address="\x00")
    assert partner.post(address(awo), data=form).status_code == 302
    card = shown(awo.key)
    assert (card.name["de"], card.address) == ("Beratung", None)


def test_a_page_without_its_token_is_refused_in_words(awo, partner):
    form = fill_form(partner.get(address(awo)), name_de="Geändert", csrf_token="forged")
    answer = partner.post(address(awo), data=form)
    assert answer.status_code == 422
    assert parsed(answer).select_one("#name_de")["value"] == "Geändert"
    answer = partner.post("/de/partner/services/", data={"service": awo.key})
    assert answer.status_code == 422
    assert shown(awo.key) == awo


def test_services_of_others_are_as_unknown_as_none(awo, partner):
    other = next(card for card in directory.services() if card.organisation != "awo")
    form = fill_form(partner.get(address(awo)))
    for key in (other.key, "no-such-service"):
        assert partner.get(f"/de/partner/services/{key}").status_code == 404
        assert partner.post(f"/de/partner/services/{key}", data=form).status_code == 404
        assert partner.post("/de/partner/services/", data={**form, "service": key}).status_code == 404
    assert partner.post("/de/partner/services/", data=form).status_code == 404
    assert shown(other.key) == other


def test_a_forged_organisation_is_not_looked_at(awo, partner):
    form = fill_form(partner.get(address(awo)), organisation="ads")
    assert partner.post(address(awo), data=form).status_code == 302
    assert shown(awo.key).organisation == "awo"
    form = fill_form(partner.get("/de/partner/new-service"), name_de="Neu", description_de="Neu", topics=["work"],
                     targets=["everyone"], organisation="ads")  # fmt: skip
    answer = partner.post("/de/partner/new-service", data=form)
    assert shown(answer.location.rpartition("=")[2]).organisation == "awo"


def test_with_several_organisations_one_has_to_be_chosen(session, partner, jena):
    from app.accounts import queries as accounts
    from app.accounts.models import Membership

    user = next(iter(accounts.members(jena.organisation("awo").id)))
    user.memberships.append(Membership(organisation_id=jena.organisation("caritas").id))
    session.flush()
    given: dict[str, Any] = {"name_de": "Neu", "description_de": "Neu", "topics": ["work"], "targets": ["everyone"]}
    page = partner.get("/de/partner/new-service")
    assert partner.post("/de/partner/new-service", data=fill_form(page, **given)).status_code == 422
    assert partner.post("/de/partner/new-service", data=fill_form(page, **given, organisation="ads")).status_code == 422
    answer = partner.post("/de/partner/new-service", data=fill_form(page, **given, organisation="caritas"))
    assert shown(answer.location.rpartition("=")[2]).organisation == "caritas"


def test_after_a_year_the_page_asks_again(session, awo, partner, clock):
    directory_service.confirm_service(awo.key)
    row = directory.service_row(awo.key)
    assert row is not None
    assert row.confirmed_on is not None
    row.confirmed_on = row.confirmed_on - timedelta(days=366)
    session.flush()
    section = parsed(partner.get("/en/partner/services/")).select_one(f"#service-{awo.id}").parent
    assert "please look at it again" in section.get_text()


def test_only_partners_keep_services(sign_in, client):
    for who in ("reader", "coordinator", "administrator"):
        assert sign_in(who).get("/de/partner/services/").status_code == 403
    assert client.get("/de/partner/new-service").status_code == 302
