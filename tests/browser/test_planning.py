"""An editor takes a plan over from a file and sees what differs; a second person looks at it and publishes."""

import re

import pytest

from app.core.database import db
from app.planning.exchange import yaml_text
from app.plans import queries as plans
from tests.browser.conftest import DESK, PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app

PLANNING = "/en/planning"


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


def somebody(visitor, server, app, who, **looks):
    with app.app_context():
        email = account_of(who)
        db.session.rollback()
    person = visitor(server.origin, **looks)
    page = person.go("/en/account/login")
    type_password(page, email, "teilhabe-vorfuehrung")
    type_code(page, app, email)
    return person


def press(page, name, kind="button"):
    with page.expect_navigation():
        page.get_by_role(kind, name=name).first.click()


def look(person, axe):
    person.axe(axe)
    person.overflow()


def said(page):
    return page.locator("main").inner_text()


def test_an_editor_imports_a_plan_and_a_second_person_publishes(visitor, own_server, beside, axe, tmp_path):
    with beside.app_context():
        changed = yaml_text.to_yaml(plans.in_force()).replace("state: under_way", "state: done", 1)
        db.session.rollback()
    faulty, right = tmp_path / "faulty.yaml", tmp_path / "plan.yaml"
    faulty.write_text(changed.replace("state: done", "state: soon", 1), encoding="utf-8")
    right.write_text(changed, encoding="utf-8")

    editor = somebody(visitor, own_server, beside, "planner", viewport=DESK)
    page = editor.go(f"{PLANNING}/")
    look(editor, axe)
    press(page, re.compile("Begin a draft"))
    look(editor, axe)
    draft = page.url.removeprefix(own_server.origin)

    # A file with a fault is not taken over, and says where the fault is.
    for file, words in ((faulty, "“soon” is not known here."), (right, "State: Before: under way After: done")):
        editor.go(f"{draft}/import")
        look(editor, axe)
        page.locator("[name=file]").set_input_files(file)
        press(page, "Check the table")
        look(editor, axe)
        assert words in " ".join(said(page).split())
    press(page, "Take it over")
    assert "1 entry of the draft was changed by the file." in said(page)

    # What differs is seen again before it is submitted; whoever submits it cannot publish it.
    editor.go(f"{draft}/submit")
    look(editor, axe)
    page.locator("[name=why]").fill("The campaign is over")
    press(page, "Ask a second person to look at it")
    look(editor, axe)
    editor.go(f"{draft}/look")
    look(editor, axe)
    assert page.get_by_role("button", name="Publish this version").count() == 0

    second = somebody(visitor, own_server, beside, "coordinator", viewport=PHONE)
    page = second.go(f"{PLANNING}/")
    look(second, axe)
    press(page, re.compile("Look at it and publish it"), "link")
    look(second, axe)
    assert "The campaign is over" in said(page)
    assert "under way" in page.locator("del").first.inner_text()
    assert "done" in page.locator("ins").first.inner_text()
    press(page, "Publish this version")
    look(second, axe)
    with beside.app_context():
        assert plans.published("2025")[0].number == 2
        assert plans.in_force().measures[0].state == "done"
        db.session.rollback()


def test_a_measure_is_written_with_rows_on_a_phone(visitor, own_server, beside, axe):
    editor = somebody(visitor, own_server, beside, "planner", viewport=PHONE)
    page = editor.go(f"{PLANNING}/")
    press(page, re.compile("Begin a draft"))
    draft = page.url.removeprefix(own_server.origin)
    editor.go(f"{draft}/measure/jena-schau-hin")
    look(editor, axe)
    press(page, "Add a milestone")
    press(page, "Add an indicator")
    press(page, re.compile("Add a value"))
    look(editor, axe)
    page.locator("[name=milestones-0-name_de]").fill("Beginn")
    page.locator("[name=indicators-0-name_de]").fill("Plakate")
    editor.expected = ("422",)
    press(page, "Save in the draft")
    look(editor, axe)
    assert "Please write this in German at least." in page.locator("#error-summary").inner_text()
    page.locator("[name=indicators-0-unit_de]").fill("Stück")
    press(page, "Save in the draft")
    assert "It was saved in the draft." in page.locator("body").inner_text()
    for path in (
        "/head",
        "/new/goal",
        "/new/plan",
        "/new/field",
        "/new/measure",
        "/goal/equal-opportunity/remove",
        "/discard",
    ):
        editor.go(draft + path)
        look(editor, axe)
    editor.go(draft)
    press(page, re.compile("Take this change back"), "link")
    look(editor, axe)
    editor.go(f"{PLANNING}/new-edition")
    look(editor, axe)
    editor.go(f"{PLANNING}/compare?before=1&after={draft.rsplit('/', 1)[1]}")
    look(editor, axe)
