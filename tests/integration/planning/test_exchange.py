"""Editions as files: saved, taken over into a draft with a preview, refused with every fault."""

import io

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from app.planning.exchange import reading, writing, yaml_text
from app.plans import queries as plans
from app.plans.document import Edition
from app.sheets.reading import read
from tests.support.forms import form_of, soup, values_of
from tests.support.planners import BASE, Planner, text
from tests.support.written import editions

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def planner(sign_in):
    return Planner(sign_in("planner", "en"))


@pytest.fixture
def identity(planner):
    return planner.begin()


def document(identity) -> Edition:
    found = plans.version(identity)
    assert found is not None
    return found[1]


def send(planner, identity, content, name):
    """Send a file; gives the page of what it would change, or of what is wrong."""
    path = f"{BASE}/versions/{identity}/import"
    values = values_of(form_of(planner.client.get(path), path))
    values["file"] = (io.BytesIO(content), name)
    answer = planner.client.post(path, data=values, content_type="multipart/form-data")
    return planner.client.get(answer.location) if answer.status_code == 303 else answer


def take(planner, page):
    """Press the button under the preview; gives the page that follows."""
    action = page.request.path
    answer = planner.client.post(action, data=values_of(form_of(page, action, 0)))
    assert answer.status_code == 303
    return planner.client.get(answer.location)


def workbook(planner, identity):
    answer = planner.client.get(f"{BASE}/versions/{identity}/plan.xlsx")
    return openpyxl.load_workbook(io.BytesIO(answer.get_data()))


def saved(book):
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def cell(book, sheet, key, head):
    """A cell by the key of its row and the head of its column."""
    heads = [one.value for one in book[sheet][1]]
    row = next(row for row in book[sheet].iter_rows(min_row=2) if row[heads.index("Key")].value == key)
    return row[heads.index(head)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edition=editions())
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_edition_comes_back_from_a_workbook_as_it_was(session, language, edition):
    body = writing.workbook_of(edition, language)
    found = reading.said(read(body, "plan.xlsx"), writing.languages_of(edition))
    assert [str(one.reason) for one in found.faults] == []
    assert found.edition == edition


def test_the_files_of_a_draft_change_nothing_when_they_are_taken_over(planner, identity):
    for ending in ("xlsx", "yaml"):
        body = planner.client.get(f"{BASE}/versions/{identity}/plan.{ending}").get_data()
        page = send(planner, identity, body, f"plan.{ending}")
        assert "What this table would change" in text(page), text(page)
        assert [row.get_text(" ", strip=True) for row in soup(page).select("#counts td")] == ["0", "0", "0", "0"]
        take(planner, page)
    assert document(identity) == plans.in_force()


def test_a_workbook_is_previewed_then_taken_over_as_a_whole(planner, identity):
    book = workbook(planner, identity)
    cell(book, "Measures", "jena-schau-hin", "State").value = "done"
    cell(book, "Measures", "jena-schau-hin", "Name (en)").value = "Look closely"
    book["Milestones"].append(["jena-schau-hin", "start", "Beginn", None, None, None, "31.12.2026"])
    page = send(planner, identity, saved(book), "plan.xlsx")
    preview = text(page, "#changes")
    assert "State: Before: under way After: done" in preview
    assert "Name (English)" in preview
    assert "Milestone “Beginn”: Due on" in preview
    assert document(identity) == plans.in_force()
    assert "1 entry of the draft was changed by the file." in text(take(planner, page))
    made = document(identity).measure("jena-schau-hin")
    assert made is not None
    assert (made.state, made.name["en"], str(made.milestones[0].due)) == ("done", "Look closely", "2026-12-31")
    history = text(planner.get(f"versions/{identity}"), ".tk-history")
    assert "Taken over from a file" in history
    assert "plan.xlsx" in history


def test_every_fault_of_a_workbook_is_told_by_sheet_row_and_column(planner, identity):
    book = workbook(planner, identity)
    cell(book, "Measures", "jena-schau-hin", "State").value = "soon"
    cell(book, "Measures", "anti-discrimination-office", "From year").value = "=2+2"
    book["Goals"]["C1"].value = "Felder"
    page = send(planner, identity, saved(book), "plan.xlsx")
    faults = text(page, "#faults")
    assert "“soon” is not known here." in faults
    assert "This cell contains a formula." in faults
    assert "Measures 3 K (State)" in faults
    assert "Goals 1" in faults
    assert "(Felder) The column “Felder” is not known here." in faults
    assert not soup(page).select("#changes")
    assert document(identity) == plans.in_force()


def test_what_belongs_to_nothing_is_told(planner, identity):
    book = workbook(planner, identity)
    book["Values"].append(["jena-schau-hin", "nothing", "2026-01-01", "7,5"])
    book["Milestones"].append(["nobody", "start", "Beginn"])
    page = text(send(planner, identity, saved(book), "plan.xlsx"), "#faults")
    assert "The sheet “Indicators” has no “nothing”." in page or "“nothing”" in page
    assert "The sheet “Measures” has no “nobody”." in page


def test_what_does_not_exist_is_told_at_its_cell(planner, identity):
    book = workbook(planner, identity)
    cell(book, "Measures", "colonial-history", "Areas").value = "99"
    cell(book, "Measures", "jena-schau-hin", "Plans").value = "poverty"
    page = text(send(planner, identity, saved(book), "plan.xlsx"), "#faults")
    assert "Areas: there is no “99”." in page
    assert "belongs to a plan that is not named here" in page
    assert "(Areas)" in page


def test_a_yaml_text_with_faults_names_line_and_entry(planner, identity):
    body = yaml_text.to_yaml(plans.in_force()).replace("state: under_way", "state: soon", 1)
    line = next(number for number, one in enumerate(body.splitlines(), 1) if "soon" in one)
    faults = text(send(planner, identity, body.encode(), "plan.yaml"), "#faults")
    assert f" {line} " in faults
    assert "measures: anti-discrimination-office: state: “soon” is not known here." in faults


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "plan.yaml", "This file is empty."),
        (b"\xff\xfe\x00x", "plan.yaml", "This file is no text in UTF-8."),
        (b"%PDF-1.7", "plan.xlsx", "This is a PDF."),
    ],
)
def test_what_cannot_be_read_is_refused(planner, identity, content, name, words):
    answer = send(planner, identity, content, name)
    assert answer.status_code == 422
    assert words in text(answer, "#error-summary")


def test_a_file_of_another_edition_is_refused(planner, identity):
    other = plans.in_force().model_copy(update={"key": "2028"})
    page = text(send(planner, identity, yaml_text.to_yaml(other).encode(), "plan.yaml"))
    assert "This file is for the edition 2028" in page


def test_a_plan_in_one_language_is_taken_over_with_a_remark(planner, identity):
    german = yaml.safe_load(yaml_text.to_yaml(plans.in_force()))
    for one in german["measures"]:
        one["name"] = {"de": one["name"]["de"]}
    page = send(planner, identity, yaml.safe_dump(german, allow_unicode=True).encode(), "plan.yaml")
    assert f"{len(german['measures'])} texts are missing in the language English" in text(page)
    take(planner, page)
    assert set(document(identity).measures[0].name) == {"de"}


def test_a_file_is_compared_again_when_the_draft_has_changed(planner, identity, sign_in):
    body = yaml_text.to_yaml(plans.in_force()).encode()
    page = send(planner, identity, body, "plan.yaml")
    other = Planner(sign_in("coordinator", "en"))
    other.do(f"versions/{identity}/measure/jena-schau-hin", state="done")
    after = take(planner, page)
    assert "The table was checked again" in text(after)
    assert document(identity) != plans.in_force()
    take(planner, after)
    assert document(identity) == plans.in_force()


def test_two_versions_are_compared_on_the_page_and_in_a_file(planner, identity):
    planner.do(f"versions/{identity}/measure/jena-schau-hin", state="done")
    first = plans.published("2025")[0].id
    page = planner.get(f"compare?before={first}&after={identity}")
    assert "State before: under way now: done" in text(page)
    answer = planner.client.get(f"{BASE}/compare.xlsx?before={first}&after={identity}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.get_data()))["Differences"].iter_rows(values_only=True))
    assert rows[-1] == (
        "changed", "Measure", "jena-schau-hin", "Measure: Campaign #JenaSchauHin", "State", "under way", "done",
    )  # fmt: skip
    assert planner.client.get(f"{BASE}/compare?before=7&after=nonsense").status_code == 422
    assert planner.client.get(f"{BASE}/compare").status_code == 200
