"""From the first draft to the issued report, and back: four eyes, texts that stay, files that never change."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.revisions import touch
from app.core.texts import Localized
from app.directory.models import Organisation
from app.needs.snapshot import queries as snapshots
from app.needs.snapshot import service as taking
from app.strategy import queries, service
from app.strategy.domain import FOREWORD, LANGUAGES, Format, Months, NotPossible, SamePerson, State, Wanted
from app.strategy.models import ReportFile
from tests.integration.strategy.conftest import PERIOD
from tests.support.forms import fill_form

# Nine files are made for each issued report.
pytestmark = pytest.mark.timeout(300)

DESK = "/en/desk/strategy"
WANTED = Wanted("after", Months.named(PERIOD), "before")


def issue(row):
    """Hand in, issue and make the files, without the worker's own transactions."""
    service.submit(row, "one")
    service.issue(row, "two")
    found = service.of(row)
    for code in LANGUAGES:
        title, files = service._files(found, code)
        for wanted, content in files.items():
            from app.core.database import db

            db.session.add(
                ReportFile(report_id=row.id, language=code, format=wanted, title=title, content=content, digest="0")
            )
    row.state = State.ISSUED


@pytest.fixture
def draft(two_editions, session):
    return service.begin(WANTED, "one")


@pytest.fixture
def issued(draft, session):
    service.refresh(draft)
    service.write(draft, FOREWORD, Localized(de="Vorwort der Stadt.", en="A word of the city."))
    issue(draft)
    session.flush()
    return draft


# Drafts --------------------------------------------------------------------------------------------------------------


def test_a_planner_begins_a_report_writes_and_looks_at_it(two_editions, sign_in):
    client = sign_in("planner", "en")
    page = client.get(DESK)
    sent = fill_form(page, DESK, edition="after", first="2025-01", last="2026-12", compare="before")
    answer = client.post(DESK, data=sent)
    assert answer.status_code == 303
    here = answer.location
    assert "Strategy 2025" in client.get(here).text
    place = f"{here}/text/field:rent"
    page = client.get(place)
    answer = client.post(place, data=fill_form(page, place, text_de="Die Mieten.", text_en="The <rents>."))
    assert answer.status_code == 303
    preview = client.get(f"{here}/preview/en").text
    assert "The &lt;rents&gt;." in preview
    assert "Preview of the report" in preview
    simple = client.get(f"{here}/preview/de-simple").text
    assert '<span lang="de">Die Mieten.</span>' in simple
    made = client.get(f"{here}/preview/en.pdf")
    assert made.data.startswith(b"%PDF")
    assert made.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first": "2025"}, "Please write the month as year and month"),
        ({"last": "2024-12"}, "The period ends before it begins."),
        ({"compare": "after"}, "Please choose another edition"),
        ({"first": ""}, "Please fill this in."),
        ({"last": "9999-12"}, "Please write the month as year and month"),
    ],
)
def test_a_wrong_period_is_said_at_the_field_and_stays(two_editions, sign_in, changes, said):
    client = sign_in("planner", "en")
    sent = {"edition": "after", "first": "2025-01", "last": "2026-12", "compare": ""} | changes
    answer = client.post(DESK, data=fill_form(client.get(DESK), DESK, **sent))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="2026-12"' in answer.text or "last" in changes


def test_only_who_may_edit_plans_gets_here(draft, sign_in):
    assert sign_in("reader:ads", "en").get(f"{DESK}/{draft.id}").status_code == 403


def test_numbers_are_refreshed_and_texts_stay(draft, session, jena):
    service.write(draft, FOREWORD, Localized(en="Stays."))
    before = draft.snapshot
    session.get_one(Organisation, jena.organisation("ads").id).name = Localized(de="Anders", en="Other")
    session.flush()
    touch("directory")
    assert service.refresh(draft)
    assert draft.snapshot != before
    assert queries.texts_of(draft) == {FOREWORD: {"en": "Stays."}}
    assert not service.refresh(draft)


def test_a_new_report_of_the_same_period_begins_with_the_texts_of_the_last(draft):
    service.write(draft, FOREWORD, Localized(en="From before."))
    again = service.begin(WANTED, "two")
    assert queries.texts_of(again) == {FOREWORD: {"en": "From before."}}
    other = service.begin(Wanted("after", Months.named("2025-01/2025-12")), "two")
    assert other.texts == {}


def test_who_was_slower_sees_both_texts_before_one_takes_the_place_of_the_other(draft, sign_in, session):
    client = sign_in("planner", "en")
    place = f"{DESK}/{draft.id}/text/foreword"
    page = client.get(place)
    service.write(draft, FOREWORD, Localized(en="Theirs."))
    session.flush()
    answer = client.post(place, data=fill_form(page, place, text_en="Mine."))
    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert "Mine." in answer.text
    answer = client.post(place, data=fill_form(answer, place))
    assert answer.status_code == 303
    assert queries.texts_of(draft)[FOREWORD]["en"] == "Mine."


def test_a_text_that_is_too_long_stays_with_the_reason(draft, sign_in):
    client = sign_in("planner", "en")
    place = f"{DESK}/{draft.id}/text/outlook"
    answer = client.post(place, data=fill_form(client.get(place), place, text_en="x" * 8001))
    assert answer.status_code == 422
    assert "This text is too long" in answer.text
    assert "x" * 8001 in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/999",
        "/{id}/text/nowhere",
        "/{id}/text/plan:nobody",
        "/{id}/preview/fr",
        "/{id}/preview/en.doc",
        "/" + "9" * 30,
    ],
)
def test_what_is_not_there_is_not_found(draft, sign_in, path):
    assert sign_in("planner", "en").get(DESK + path.format(id=draft.id)).status_code == 404


# Four eyes -----------------------------------------------------------------------------------------------------------


def press(client, report, what):
    here = f"{DESK}/{report.id}"
    return client.post(f"{here}/{what}", data=fill_form(client.get(here), f"{here}/{what}"))


def test_who_hands_a_report_in_does_not_issue_it(draft, sign_in, session):
    first, second = sign_in("planner", "en"), sign_in("coordinator", "en")
    assert press(first, draft, "submit").status_code == 303
    page = first.get(f"{DESK}/{draft.id}")
    assert "Somebody else has to look at it" in page.text
    here = f"{DESK}/{draft.id}"
    answer = first.post(f"{here}/issue", data=fill_form(page, f"{here}/give-back"))
    assert answer.status_code == 422
    assert "You have handed this report in yourself." in answer.text
    assert queries.report(draft.id).state is State.SUBMITTED
    assert press(second, draft, "issue").status_code == 303
    page = second.get(here)
    assert "0 of 9 files are made." in page.text
    assert page.headers["Refresh"].startswith("3;")
    assert "Refresh" not in second.get(f"{here}?refresh=no").headers


def test_what_waits_for_a_second_person_cannot_be_changed_until_it_is_given_back(draft, sign_in):
    client = sign_in("planner", "en")
    press(client, draft, "submit")
    assert client.get(f"{DESK}/{draft.id}/text/foreword").status_code == 404
    with pytest.raises(NotPossible):
        service.write(draft, FOREWORD, Localized(en="Late."))
    assert press(client, draft, "give-back").status_code == 303
    assert client.get(f"{DESK}/{draft.id}/text/foreword").status_code == 200


def test_the_database_itself_refuses_two_eyes(draft):
    service.submit(draft, "one")
    with pytest.raises(SamePerson):
        service.issue(draft, "one")


def test_who_comes_second_with_a_button_is_told(draft, sign_in):
    client = sign_in("planner", "en")
    here = f"{DESK}/{draft.id}"
    page = client.get(here)
    press(client, draft, "submit")
    answer = client.post(f"{here}/submit", data=fill_form(page, f"{here}/submit"), follow_redirects=True)
    assert "Somebody else has already done something" in answer.text


@pytest.mark.parametrize("step", ["refresh", "submit", "discard", "give-back", "issue"])
def test_no_step_is_taken_for_a_page_that_was_not_ours(draft, sign_in, step):
    client, here = sign_in("coordinator", "en"), f"{DESK}/{draft.id}"
    if step in {"give-back", "issue"}:
        service.submit(draft, "one")
    before = queries.report(draft.id)
    answer = client.post(f"{here}/{step}")
    assert answer.status_code == 422
    assert "We could not be sure that it was you" in answer.text
    assert queries.report(draft.id) == before


def test_nobody_issues_other_words_than_they_have_looked_at(draft, sign_in, session):
    client, here = sign_in("coordinator", "en"), f"{DESK}/{draft.id}"
    service.submit(draft, "one")
    page = client.get(here)
    service.give_back(draft)
    service.write(draft, FOREWORD, Localized(en="Put in later."))
    service.submit(draft, "one")
    answer = client.post(f"{here}/issue", data=fill_form(page, f"{here}/issue"), follow_redirects=True)
    assert "Somebody else has already done something" in answer.text
    assert queries.report(draft.id).state is State.SUBMITTED


def test_a_draft_can_be_thrown_away(draft, sign_in):
    client, here = sign_in("planner", "en"), f"{DESK}/{draft.id}"
    assert press(client, draft, "discard").status_code == 303
    assert client.get(here).status_code == 404


# The worker ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_worker_makes_the_files_and_goes_on_where_it_was_stopped(own_app, monkeypatch):
    from app.core.database import db

    app = own_app()
    with app.app_context():
        row = service.begin(Wanted("2025", Months.named(PERIOD)), None)
        service.submit(row, "one")
        service.issue(row, "two")
        db.session.commit()
        identity, kept = row.id, service._keep
        made = []

        def stopped(report, code, files):
            if made:
                raise KeyboardInterrupt
            made.append(code)
            kept(report, code, files)

        monkeypatch.setattr(service, "_keep", stopped)
        with pytest.raises(KeyboardInterrupt):
            service.make_files()
        db.session.rollback()
        assert queries.report(identity).state is State.MAKING
        assert {one.language for one in queries.files(identity)} == {"de"}
        db.session.rollback()
        monkeypatch.setattr(
            service, "_keep", lambda report, code, files: (made.append(code), kept(report, code, files))
        )
        service.make_files()
        db.session.rollback()
        assert made == list(LANGUAGES)
        assert queries.report(identity).state is State.ISSUED
        assert len(queries.files(identity)) == 9
        service.make_files()


# Issued --------------------------------------------------------------------------------------------------------------


def test_everybody_reads_an_issued_report_and_takes_its_files(issued, client):
    listed = client.get("/en/strategy")
    assert f'href="/en/strategy/{issued.id}"' in listed.text
    page = client.get(f"/en/strategy/{issued.id}")
    assert "A word of the city." in page.text
    assert BeautifulSoup(page.text, "html.parser").select_one(".tk-report")["lang"] == "en"
    for code in LANGUAGES:
        for wanted in Format:
            answer = client.get(f"/en/strategy/{issued.id}/{code}.{wanted}")
            assert answer.data == queries.content(issued.id, code, wanted)
            assert f"bericht-after-2025-01_2026-12-{code}.{wanted}" in answer.headers["Content-Disposition"]


def test_an_issued_report_stays_as_it_was_when_everything_else_changes(issued, session, jena, client):
    before = client.get(f"/en/strategy/{issued.id}/en.html").data
    session.get_one(Organisation, jena.organisation("ads").id).name = Localized(de="Anders", en="Other")
    session.flush()
    touch("directory")
    taking.take(date(2027, 3, 1))
    assert client.get(f"/en/strategy/{issued.id}/en.html").data == before
    for verb in (service.refresh, service.discard, lambda row: service.submit(row, "one")):
        with pytest.raises(NotPossible):
            verb(issued)


def test_the_snapshot_of_a_report_is_kept_as_long_as_the_report(issued, clock):
    clock.stop_at(core_clock.now().replace(year=2029))
    taking.take(date(2029, 1, 1))
    taking.let_go()
    assert snapshots.named(issued.snapshot) is not None


def test_a_page_in_arabic_shows_the_german_report_and_says_so(issued, client):
    page = client.get(f"/ar/strategy/{issued.id}")
    frame = BeautifulSoup(page.text, "html.parser").select_one(".tk-report")
    assert (frame["lang"], frame["dir"]) == ("de", "ltr")
    assert "Vorwort der Stadt." in page.text


def test_a_withdrawn_report_says_why_and_gives_no_file_any_more(issued, sign_in, client):
    desk = sign_in("planner", "en")
    here = f"{DESK}/{issued.id}/withdraw"
    page = desk.get(here)
    assert desk.post(here, data=fill_form(page, here)).status_code == 422
    answer = desk.post(here, data=fill_form(page, here, reason_de="Ein Fehler.", reason_en="A mistake."))
    assert answer.status_code == 303
    public = client.get(f"/en/strategy/{issued.id}")
    assert "A mistake." in public.text
    assert "A word of the city." not in public.text
    assert "A mistake." in client.get("/en/strategy").text
    assert client.get(f"/en/strategy/{issued.id}/en.pdf").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/{id}", "/{id}/en.pdf", "/999", "/compare/after/before", "/compare/x/after", "/compare/before/after/en.doc"],
)
def test_drafts_and_nonsense_are_not_found(draft, client, path):
    assert client.get("/en/strategy" + path.format(id=draft.id)).status_code == 404


def test_two_editions_are_compared_on_a_page_and_in_files(two_editions, client, session):
    page = client.get("/en/strategy/compare/before/after")
    assert "1 were reached" in page.text
    assert "Measure gone" in page.text
    for wanted in Format:
        answer = client.get(f"/en/strategy/compare/before/after/en.{wanted}")
        assert answer.status_code == 200
        assert answer.data
    found = session.scalars(select(ReportFile)).all()
    assert found == []
