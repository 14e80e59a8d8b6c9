"""Services as a table: out, edited, in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from app.accounts import queries as accounts
from app.core import clock
from app.core.database import db
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory import service as directory_service
from app.partners.services import service
from app.partners.spreadsheet import taking, writing
from app.sheets import jobs
from app.sheets.domain import BYTES_MAX
from app.sheets.models import Job
from app.sheets.reading import read
from app.sheets.tasks import Action, State, Task
from app.sheets.writing import NewSheet, csv_bytes, workbook
from tests.conftest import account_of
from tests.support.forms import form_of, soup, values_of

TABLE = "/en/partner/table"


@pytest.fixture
def kept(session, jena) -> Callable[[], dict[str, Any]]:
    """``kept()`` gives the services of the organisation whose partner signs in, by key."""
    return lambda: {one.card.key: one for one in directory.kept_services([jena.organisation("awo").id])}


@pytest.fixture
def rows(partner, jena) -> Callable[[], list[dict[str, Any]]]:
    """``rows()`` gives the rows of the workbook as it is downloaded, by the heads of its columns."""

    def found() -> list[dict[str, Any]]:
        answer = partner.get("/en/partner/services.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data()))["Services"]
        heads, *values = ([cell.value for cell in row] for row in sheet.iter_rows())
        return [dict(zip(heads, row, strict=True)) for row in values]

    return found


@pytest.fixture
def send(partner) -> Callable[..., Any]:
    """``send(rows)`` sends a table with these rows; gives the page of what it would change."""

    def sent(rows: list[dict[str, Any]], name: str = "services.xlsx", content: bytes | None = None) -> Any:
        if content is None:
            heads = list(dict.fromkeys(head for row in rows for head in row))
            sheet = NewSheet(title="Services", heads=heads, rows=[[row.get(head) for head in heads] for row in rows])
            content = workbook([sheet], "Services", "en")
        values = values_of(form_of(partner.get(TABLE), TABLE))
        values["file"] = (io.BytesIO(content), name)
        answer = partner.post(TABLE, data=values, content_type="multipart/form-data")
        return partner.get(answer.location) if answer.status_code == 303 else answer

    return sent


@pytest.fixture
def take(partner) -> Callable[[Any], Any]:
    """``take(page)`` takes over what a page shows."""

    def taken(page: Any) -> Any:
        form = form_of(page, page.request.path, 0)
        answer = partner.post(form["action"], data=values_of(form))
        return partner.get(answer.location) if answer.status_code == 303 else answer

    return taken


def counts(page: Any) -> dict[str, int]:
    return {row.th.get_text(): int(row.td.get_text()) for row in soup(page).select("#counts tbody tr")}


def faults(page: Any) -> list[tuple[str, ...]]:
    return [
        tuple(cell.get_text(strip=True) for cell in row.select("td")) for row in soup(page).select("#faults tbody tr")
    ]


def details(page: Any) -> list[str]:
    return [part.get_text(" ", strip=True) for part in soup(page).select("#changes tbody td div")]


@pytest.mark.parametrize("code", ["de", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_was_written_changes_nothing_when_it_is_read_again(session, jena, person, kind, code):
    from app.accounts.domain import RoleName
    from app.accounts.service import add_user

    everybody = [card for card in directory.organisations().values() if card.kind == "independent"]
    owner = add_user("all@demo.example", "x" * 20, "Alle", [RoleName.PARTNER], [card.key for card in everybody])
    kept = directory.kept_services([card.id for card in everybody])
    assert len(kept) > 10
    made = writing.workbook_of(kept, everybody, code) if kind == "xlsx" else writing.csv_of(kept, code)
    checked = taking.check(read(made, f"services.{kind}"), Task(str(owner.principal_id)))
    assert checked.faults == ()
    assert checked.remarks == ()
    assert [change for change in checked.changes if change.action is not Action.SAME] == []
    assert len(checked.changes) == len(kept)
    taking.take(checked, Task(str(owner.principal_id)))
    assert directory.kept_services([card.id for card in everybody]) == kept


def test_hostile_texts_come_back_as_they_were(session, kept, person):
    key, one = next(iter(kept().items()))
    name = Localized({"de": '=HYPERLINK("http://x")', "en": "+49 3641; a, b", "ar": "مرحبا"})
    entry = _entry(one.card, name=name, description=Localized({"de": "'@cmd\nzweite Zeile;\t“x”"}))
    service.keep(entry, offered=True)
    owner = Task(str(person("partner:awo").principal_id))
    organisation = [directory.organisations()["awo"]]
    for code in ("de", "en"):
        for made in (writing.workbook_of(list(kept().values()), organisation, code),
                     writing.csv_of(list(kept().values()), code)):  # fmt: skip
            checked = taking.check(read(made, "services"), owner)
            assert {change.action for change in checked.changes} == {Action.SAME}, checked.faults
    assert kept()[key].card.name == name


def _entry(card, **changes):
    from app.directory.domain import ServiceEntry

    names = ("key", "organisation", "name", "description", "topics", "targets", "languages", "area_id", "address",
             "precision", "opening_hours", "barrier_free", "evening", "url")  # fmt: skip
    return replace(ServiceEntry(**{name: getattr(card, name) for name in names}), **changes)


def test_changes_are_shown_old_and_new_and_taken_over(rows, send, take, kept):
    table = rows()
    key = table[0]["Key"]
    before = kept()
    table[0] |= {"Name (en)": "New name", "Areas of life": "Work; School, day care, university",
                 "Part of town": "Winzerla",
                 "Open after 6 p.m.": "yes", "Languages": "German, Arabic"}  # fmt: skip
    page = send(table)
    assert counts(page) == {"New": 0, "Changed": 1, "Removed": 0, "Unchanged": len(table) - 1}
    said = details(page)
    assert any(line.endswith("New name") and before[key].card.name["en"] in line for line in said)
    assert "Languages: " in " ".join(said)
    assert kept() == before
    assert soup(take(page)).h1.get_text() == "The table was taken over"
    card = kept()[key].card
    assert (card.name["en"], set(card.topics), card.evening) == ("New name", {"work", "education"}, True)
    assert card.languages == ("de", "ar")
    assert card.confirmed_on == clock.today()
    assert {one: found for one, found in kept().items() if one != key} == {
        one: found for one, found in before.items() if one != key
    }


def test_a_row_without_a_key_is_a_new_service(rows, send, take, kept, jena):
    before = kept()
    new = {"Key": None, "Name (de)": "Nachhilfe", "Description (de)": "Wir lernen.", "Areas of life": "education",
           "For whom": "Kinder; families", "Languages": "de, Ukrainisch", "Part of town": "18"}  # fmt: skip
    page = send([*rows(), new])
    assert counts(page)["New"] == 1
    take(page)
    (key,) = kept().keys() - before.keys()
    card = kept()[key].card
    assert key.startswith("nachhilfe-")
    assert (card.organisation, card.area_id, card.languages) == ("awo", jena.area("18").id, ("de", "uk"))
    assert card.confirmed_on == clock.today()
    assert card.longitude is not None


def test_missing_rows_and_columns_are_left_alone(rows, send, take, kept):
    before = kept()
    table = rows()
    short = [{head: row[head] for head in ("Key", "Name (de)", "Description (de)", "Areas of life", "For whom",
                                           "Languages")} for row in table[:1]]  # fmt: skip
    short[0]["Name (de)"] = "Anderer Name"
    page = send(short)
    if len(table) > 1:
        assert "in this table and stay" in page.get_data(as_text=True)
    assert len(details(page)) == 1
    take(page)
    after = kept()
    card, was = after[table[0]["Key"]].card, before[table[0]["Key"]].card
    assert card.name == was.name | {"de": "Anderer Name"}
    assert (card.address, card.area_id, card.url, card.barrier_free) == (
        was.address,
        was.area_id,
        was.url,
        was.barrier_free,
    )
    assert after.keys() == before.keys()


def test_services_are_ended_brought_back_and_confirmed(rows, send, take, kept):
    table = rows()
    key = table[0]["Key"]
    take(send([table[0] | {"On offer": "no"}]))
    assert not kept()[key].offered
    assert kept()[key].card.confirmed_on is None
    take(send([table[0] | {"On offer": "yes"}]))
    assert kept()[key].offered
    row = directory_service.queries.service_row(key)
    row.confirmed_on = None
    take(send([table[0] | {"Still right": "yes", "Confirmed on": None}]))
    assert kept()[key].card.confirmed_on == clock.today()


WRONG = [
    ({"Areas of life": "astrology"}, "Areas of life", "“astrology” is not known here."),
    ({"Part of town": "Atlantis"}, "Part of town", "“Atlantis” is no part of town here."),
    ({"Languages": None}, "Languages", "must not be empty."),
    ({"Languages": ";"}, "Languages", "Please name at least one."),
    ({"Name (de)": None}, "Name (de)", "German is needed."),
    ({"Description (de)": "x" * 1501}, "Description (de)", "up to 1500 characters fit"),
    ({"Key": "no-such-key"}, "Key", "You have no service with this key."),
    ({"Organisation": "caritas"}, "Organisation", "is none of your organisations"),
    ({"Web address": "javascript:alert(1)"}, "Web address", "is not an address in the web"),
    ({"Confirmed on": "2020-01-01"}, "Confirmed on", "This day is not set here."),
    ({"Without barriers": "vielleicht"}, "Without barriers", "“vielleicht” is not known here."),
]


@pytest.mark.parametrize(("changes", "head", "reason"), WRONG)
def test_what_is_wrong_is_named_by_row_and_column_and_nothing_is_taken_over(rows, send, kept, changes, head, reason):
    before = kept()
    table = rows()
    page = send([table[0] | changes, *table[1:]])
    (fault,) = faults(page)
    assert fault[:2] == ("Services", "2")
    assert head in fault[2]
    assert reason in fault[3]
    # A service whose row has a fault is not said to be missing.
    assert ("in this table and stay" in page.get_data(as_text=True)) is ("Key" in changes)
    assert not soup(page).select('input[name="do"][value="take"]')
    assert kept() == before


def test_another_organisations_service_is_as_unknown_as_none(rows, send, kept):
    other = next(card for card in directory.services() if card.organisation == "caritas")
    table = rows()
    told = {faults(send([table[0] | {"Key": key}]))[0][3] for key in (other.key, "no-such-key")}
    assert len(told) == 1
    assert directory.service(other.key) == other


def test_two_rows_with_the_same_key_are_refused(rows, send):
    table = rows()
    page = send([table[0], table[0] | {"Name (en)": "Other"}])
    assert "is there twice" in faults(page)[0][3]


def test_a_german_csv_in_the_old_encoding_is_read(rows, send, take, kept):
    german = {"Key": "Schlüssel", "Name (de)": "Name", "Description (de)": "Beschreibung",
              "Areas of life": "Lebensbereiche",
              "For whom": "Für wen", "Languages": "Sprachen", "Part of town": "Ortsteil"}  # fmt: skip
    table = [{german[head]: row[head] for head in german} for row in rows()]
    table[0]["Name"] = "Übersetzung für Ämter"
    made = csv_bytes([list(table[0]), *(list(row.values()) for row in table)], german=True)
    page = send([], "angebote.csv", made.decode("utf-8-sig").encode("cp1252"))
    assert counts(page)["Changed"] == 1
    take(page)
    assert "Übersetzung für Ämter" in {one.card.name["de"] for one in kept().values()}


def test_what_is_no_table_is_refused_in_words(send):
    assert send([], "x.pdf", b"%PDF-1.7").status_code == 422
    assert send([], "x.csv", b"").status_code == 422
    assert send([], "x.csv", b"a;b\n" * (BYTES_MAX // 4 + 1)).status_code == 422


def test_a_table_of_others_is_as_unknown_as_none(rows, send, sign_in):
    page = send(rows())
    other = sign_in("partner:caritas", "en")
    assert other.get(page.request.path).status_code == 404
    assert other.post(page.request.path, data={"do": "take"}).status_code == 404
    assert other.get(f"{TABLE}/x").status_code == 404


def test_what_changed_meanwhile_is_shown_again(rows, send, take, kept, partner):
    table = rows()
    page = send([table[0] | {"Name (en)": "New name"}])
    directory_service.confirm_service(table[0]["Key"])
    again = take(page)
    assert "was checked again" in again.get_data(as_text=True)
    assert kept()[table[0]["Key"]].card.name["en"] != "New name"
    take(again)
    assert kept()[table[0]["Key"]].card.name["en"] == "New name"


def test_the_words_of_the_cells_stand_on_a_sheet_of_their_own(partner, jena):
    answer = partner.get("/de/partner/services.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    assert book.sheetnames[0] == "Angebote"
    assert len(book.sheetnames) == 2
    words = {row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert {"Wohnen", "Winzerla", "Ukrainisch"} <= words


def test_a_long_table_is_read_and_taken_over_by_the_worker(own_app, monkeypatch):
    monkeypatch.setattr(jobs, "SMALL_ROWS", 0)
    app = own_app()
    with app.app_context():
        user = accounts.user_by_email(account_of("partner:awo"))
        assert user is not None
        owner, card = str(user.principal_id), directory.organisations()["awo"]
        kept = directory.kept_services([card.id])
        heads, *lines = csv.reader(io.StringIO(writing.csv_of(kept, "en").decode("utf-8-sig")))
        lines[0][heads.index("Name (en)")] = "New name"
        lines[0][heads.index("Areas of life")] = "Work"
        job = jobs.send(taking.KIND, owner, "services.csv", csv_bytes([heads, *lines], german=False), {})
        db.session.commit()
        jobs.work(job.id)
        job = db.session.get_one(Job, job.id)
        assert (job.state, job.faults, job.done) == (State.CLEAN, [], len(kept) + 1)
        (change,) = job.preview["changes"]
        assert {"de": "Arbeit", "en": "Work"} in [after for _name, _before, after in change["details"]]
        jobs.take(job)
        db.session.commit()
        jobs.work(job.id)
        job = db.session.get_one(Job, job.id)
        assert (job.state, job.said["en"]) == (State.TAKEN, "One service was added or changed.")
        found = {one.card.key: one for one in directory.kept_services([card.id])}
        assert found[kept[0].card.key].card.name["en"] == "New name"
        assert found[kept[0].card.key].card.topics == ("work",)
        db.session.rollback()
