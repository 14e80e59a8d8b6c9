"""The rules in the browser: drafts, changes that meet, proof, putting in force, going back, files, replay."""

import re
from datetime import timedelta
from io import BytesIO

import pytest

from app.core.clock import now
from app.core.revisions import touch
from app.directory.models import Organisation
from app.reports import service as reports
from app.routing import queries as routing
from app.workshop import queries
from tests.factories import discrimination, draft, sent
from tests.support.desks import element
from tests.support.forms import fill_form, soup

pytestmark = pytest.mark.usefixtures("session")

BASE = "/en/coordination/rules"


class Coordinator:
    """Somebody of the coordination at work on the rules."""

    def __init__(self, client):
        self.client = client

    def get(self, path=""):
        page = self.client.get(f"{BASE}/{path}")
        assert page.status_code == 200, page.status
        return page

    def post(self, path, action=None, page=None, **fields):
        """Send the form of a page, by default that of the same address, with changes."""
        page = page or self.get(path)
        address = f"{BASE}/{action or path}"
        return self.client.post(address, data=fill_form(page, address, **fields))

    def do(self, path, action=None, **fields):
        """The same, and it has to work; gives the page that follows."""
        answer = self.post(path, action, **fields)
        assert answer.status_code == 303, text(answer)[:800]
        return self.client.get(answer.location)

    def begin(self):
        """Begin a draft; gives its id."""
        answer = self.post("", "drafts")
        return int(re.search(r"/(\d+)$", answer.location)[1])


def text(page, selector="main"):
    return element(page, selector).get_text(" ", strip=True)


def keys(page):
    return [row["id"].removeprefix("rule-") for row in soup(page).select("#rules tbody tr")]


@pytest.fixture
def coordinator(sign_in):
    return Coordinator(sign_in("coordinator", "en"))


@pytest.fixture
def identity(coordinator):
    return coordinator.begin()


def test_rules_read_like_sentences(coordinator):
    page = coordinator.get()
    row = text(page, "#rule-newcomers-housing")
    assert "If Kind: Barrier" not in row
    assert "and Area of life: Housing" in row
    assert "and For whom: People new in the city" in row
    assert "Idea or Praise" in row
    assert "Because it is about people who are new to Jena, and about housing" in row
    assert keys(page) == [rule.key for rule in routing.rules().rules]


def test_the_table_can_be_narrowed_to_an_office(coordinator):
    assert set(keys(coordinator.get("?office=jugendhilfe"))) == {"children-and-families"}
    assert coordinator.client.get(f"{BASE}/?office=nonsense").status_code == 422


def test_a_draft_begins_as_what_is_in_force(coordinator, identity):
    page = coordinator.get(str(identity))
    assert keys(page) == keys(coordinator.get())
    assert "These rules hold" in text(page)
    assert "Began the draft" in text(page)


def test_a_rule_is_changed_and_the_history_says_what_and_why(coordinator, identity):
    page = coordinator.do(f"{identity}/rules/housing", office="jenarbeit", topic=["housing", "work"], why="New tasks")
    assert "Housing or Work" in text(page, "#rule-housing") or "Work or Housing" in text(page, "#rule-housing")
    history = text(page, ".tk-history")
    assert "New tasks" in history
    assert "Koordination" in history
    assert "jenarbeit" in history
    # What is in force does not change with it.
    assert next(rule.office for rule in routing.rules().rules if rule.key == "housing") == "soziales"


def test_a_rule_is_written_anew_and_copied(coordinator, identity):
    fields = {
        "key": "housing-winzerla", "priority": "115", "kind": ["gap"], "topic": ["housing"], "area": ["18", "10"],
        "office": "soziales", "field": "poverty-housing", "because_de": "Weil es um Wohnen in Winzerla geht.",
        "valid_from": "2027-01-01", "why": "A project begins",
    }  # fmt: skip
    page = coordinator.do(f"{identity}/new-rule", **fields)
    row = text(page, "#rule-housing-winzerla")
    assert "Winzerla" in row
    assert "not today" in row
    assert "2027" in row
    copy = coordinator.get(f"{identity}/new-rule?copy=housing-winzerla")
    values = fill_form(copy)
    assert values["key"] == ""
    assert values.getlist("area") == sorted(["18", "10"])
    assert values["valid_from"] == "2027-01-01"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("key", "Not A Key", "small letters"),
        ("key", "barrier", "Another rule of this draft"),
        ("priority", "first", "whole number"),
        ("office", "", "choose an office"),
        ("because_de", "", "reason in German"),
        ("valid_until", "2020-01-01", "before the first"),
        ("valid_from", "someday", "Please enter a day"),
        ("why", " ", "say why"),
        ("topic", ["astrology"], "not on this page"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_and_nothing_typed_is_lost(coordinator, identity, field, value, words):
    fields = {"valid_from": "2026-01-01", "why": "Because", "because_en": "A sentence to keep"} | {field: value}
    answer = coordinator.post(f"{identity}/rules/housing", **fields)
    assert answer.status_code == 422
    assert words in text(answer, "#error-summary")
    if field != "because_en":
        assert "A sentence to keep" in answer.text


def test_rules_move_past_their_neighbours(coordinator, identity):
    before = keys(coordinator.get(str(identity)))
    page = coordinator.do(str(identity), f"{identity}/move", down=before[0])
    assert keys(page)[:3] == [before[1], before[0], before[2]]
    page = coordinator.do(str(identity), f"{identity}/move", up=before[0])
    assert keys(page) == before
    # The first one cannot go further.
    page = coordinator.do(str(identity), f"{identity}/move", up=before[0])
    assert keys(page) == before


def test_removing_asks_first(coordinator, identity):
    assert "Remove the rule" in text(coordinator.get(f"{identity}/rules/leisure/remove"))
    assert "leisure" in keys(coordinator.get(str(identity)))
    page = coordinator.do(f"{identity}/rules/leisure/remove", why="JenaKultur asked for it")
    assert "leisure" not in keys(page)
    assert "JenaKultur asked for it" in text(page)


def test_two_people_see_each_others_change_instead_of_overwriting(coordinator, identity, sign_in):
    mine = coordinator.get(f"{identity}/rules/housing")
    other = Coordinator(sign_in("coordinator", "en"))
    other.do(f"{identity}/rules/barrier", office="soziales", why="The other one was quicker")
    answer = coordinator.post(f"{identity}/rules/housing", page=mine, office="jenarbeit", why="My own reason")
    assert answer.status_code == 409
    assert "The other one was quicker" in text(answer, "#changed")
    assert "My own reason" in answer.text
    assert routing.rules_of(identity).rules == tuple(
        rule for rule in routing.rules_of(identity).rules if rule.key != "housing" or rule.office == "soziales"
    )
    # Sent again from the page that shows the change, it is saved.
    address = f"{BASE}/{identity}/rules/housing"
    again = coordinator.client.post(address, data=fill_form(answer, address))
    assert again.status_code == 303
    assert {rule.key: rule.office for rule in routing.rules_of(identity).rules}["housing"] == "jenarbeit"


@pytest.mark.parametrize("path", ["discard", "check", "fallback", "rules/leisure/remove"])
def test_every_other_step_looks_for_changes_too(coordinator, identity, sign_in, path):
    mine = coordinator.get(f"{identity}/{path}")
    Coordinator(sign_in("coordinator", "en")).do(f"{identity}/rules/barrier", office="soziales", why="Quicker")
    answer = coordinator.post(f"{identity}/{path}", page=mine, why="My reason")
    assert answer.status_code == 409
    assert "Quicker" in text(answer, "#changed")
    assert routing.set_card(identity).draft


def test_a_rule_that_is_gone_meanwhile_is_not_written_again(coordinator, identity, sign_in):
    mine = coordinator.get(f"{identity}/rules/leisure/remove")
    Coordinator(sign_in("coordinator", "en")).do(f"{identity}/rules/leisure/remove", why="Quicker")
    answer = coordinator.post(f"{identity}/rules/leisure/remove", page=mine, why="Mine")
    assert answer.status_code == 303
    assert coordinator.client.get(f"{BASE}/{identity}/rules/leisure").status_code == 404


# Proof and force -----------------------------------------------------------------------------------------------------


def unreachable(coordinator, identity):
    """Make a rule that takes everything before the rule for housing."""
    coordinator.do(f"{identity}/rules/housing", page=None, priority="500", why="Later")
    return coordinator.do(
        f"{identity}/new-rule", key="all-housing", priority="115", kind=["gap", "idea", "praise", "correction"],
        topic=["housing"], office="soziales", field="poverty-housing", because_de="Weil.", why="A bad idea",
    )  # fmt: skip


def test_a_set_with_a_fault_is_explained_and_cannot_be_put_in_force(coordinator, identity):
    good = coordinator.get(f"{identity}/check")
    page = unreachable(coordinator, identity)
    assert "1 fault" in text(page)
    page = coordinator.get(f"{identity}/check")
    assert "Rules that no report ever gets to" in text(page)
    link = element(page, f"main a[href$='/{identity}/rules/housing']")
    assert link.get_text() == "housing"
    assert not soup(page).select("#put-in-force")
    # A form that was honestly on a page before, sent with what is now the latest change.
    values = fill_form(
        good, f"{BASE}/{identity}/check", why="By force", seen=str(routing.set_card(identity).last_change)
    )
    answer = coordinator.client.post(f"{BASE}/{identity}/check", data=values)
    assert answer.status_code == 422
    assert "cannot be put in force" in text(answer, "#error-summary")
    assert routing.set_card(identity).draft


def test_faults_show_a_report_for_example(coordinator, identity, session):
    coordinator.do(f"{identity}/rules/housing", office="ads", priority="150", why="Twice the same priority")
    page = coordinator.get(f"{identity}/check")
    assert "Rules of equal priority that match the same report" not in text(page)
    coordinator.do(f"{identity}/rules/older-people", priority="150", why="Twice the same priority")
    page = coordinator.get(f"{identity}/check")
    assert "Rules of equal priority that match the same report" in text(page)
    assert "For example this report: Kind:" in text(page)


def test_an_office_that_closes_after_the_page_was_made_stops_it(coordinator, identity, session):
    page = coordinator.get(f"{identity}/check")
    session.query(Organisation).filter_by(key="ads").update({"receives": False})
    touch("directory")
    answer = coordinator.post(f"{identity}/check", page=page, why="As seen")
    assert answer.status_code == 422
    assert routing.set_card(identity).draft


def test_what_differs_is_shown_then_it_is_put_in_force_and_reports_go_by_it(coordinator, identity, session):
    coordinator.do(f"{identity}/rules/housing", office="jenarbeit", why="New tasks")
    page = coordinator.get(f"{identity}/check")
    assert "Office: Social" in text(page, "#difference + ul") or "jenarbeit" in text(page, "#difference + ul")
    before = routing.rules().version
    assert coordinator.post(f"{identity}/check", why="").status_code == 422
    page = coordinator.do(f"{identity}/check", why="Decided on Monday")
    now = routing.rules()
    assert now.version != before
    assert "Decided on Monday" in text(page)
    assert {rule.key: rule.office for rule in now.rules}["housing"] == "jenarbeit"
    assert reports.decide(draft()).office == "jenarbeit"
    # It never changes again.
    assert coordinator.client.get(f"{BASE}/{identity}/rules/housing").status_code == 404
    assert coordinator.client.post(f"{BASE}/{identity}/check", data={}).status_code == 404


def test_going_back_is_a_draft_with_the_earlier_rules(coordinator, identity):
    first = routing.set_in_force().id
    coordinator.do(f"{identity}/rules/housing", office="jenarbeit", why="New tasks")
    coordinator.do(f"{identity}/check", why="Decided")
    page = coordinator.do(str(first), f"{first}/back")
    assert "Prove it, then put it in force" in text(page)
    again = int(page.request.path.rpartition("/")[2])
    assert {rule.key: rule.office for rule in routing.rules().rules}["housing"] == "jenarbeit"
    coordinator.do(f"{again}/check", why="It was better before")
    assert {rule.key: rule.office for rule in routing.rules().rules}["housing"] == "soziales"
    assert "Version" in text(coordinator.get(), "#earlier + ol")


def test_a_draft_is_discarded_only_when_asked_twice(coordinator, identity):
    assert "cannot be undone" in text(coordinator.get(f"{identity}/discard"))
    coordinator.do(f"{identity}/discard")
    assert coordinator.client.get(f"{BASE}/{identity}").status_code == 404
    first = routing.set_in_force().id
    assert coordinator.client.get(f"{BASE}/{first}/discard").status_code == 404


def test_the_fallback_desk_is_named_with_a_reason(coordinator, identity):
    page = coordinator.do(f"{identity}/fallback", fallback="soziales", why="The planning desk moves")
    assert routing.rules_of(identity).fallback == "soziales"
    assert "The planning desk moves" in text(page)


def test_what_happened_stands_in_the_audit_trail(coordinator, identity, sign_in):
    coordinator.do(f"{identity}/rules/housing", office="jenarbeit", why="New tasks")
    coordinator.do(f"{identity}/check", why="Decided")
    trail = sign_in("administrator", "en").get("/en/audit/")
    for words in ("Began a draft of the rules", "Changed a draft of the rules", "Put rules in force"):
        assert words in trail.text


# Files ---------------------------------------------------------------------------------------------------------------


def test_a_set_goes_out_as_a_file_and_comes_in_as_a_draft(coordinator):
    active = routing.set_in_force().id
    file = coordinator.client.get(f"{BASE}/{active}/rules.yaml")
    assert file.mimetype == "application/yaml"
    assert "attachment" in file.headers["Content-Disposition"]
    changed = file.get_data(as_text=True).replace("office: jugendhilfe", "office: soziales")
    page = coordinator.do("import", text=changed, why="From the neighbouring city")
    assert "From the neighbouring city" in text(page)
    identity = int(page.request.path.rpartition("/")[2])
    assert {rule.key: rule.office for rule in routing.rules_of(identity).rules}["children-and-families"] == "soziales"
    assert routing.set_card(identity).draft


def test_a_file_may_be_uploaded(coordinator):
    content = coordinator.client.get(f"{BASE}/{routing.set_in_force().id}/rules.yaml").data
    page = coordinator.do("import", file=[(BytesIO(content), "rules.yaml")], why="Uploaded")
    assert "The rules are a draft now" in text(page)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"x" * 300_000, "too large"),
        (b"", "choose a file, or paste"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(coordinator, content, words):
    answer = coordinator.post("import", file=[(BytesIO(content), "rules.yaml")], why="Uploaded")
    assert answer.status_code == 422
    assert words in text(answer, "#error-summary")


def test_a_fault_in_a_file_is_named_and_nothing_is_lost(coordinator):
    before = len(routing.sets())
    whole = coordinator.client.get(f"{BASE}/{routing.set_in_force().id}/rules.yaml").get_data(as_text=True)
    broken = whole.replace("office: jugendhilfe", "office: nobody-knows")
    answer = coordinator.post("import", text=broken, why="My reason")
    assert answer.status_code == 422
    said = text(answer, "#error-summary")
    assert "children-and-families" in said
    assert "nobody-knows" in said
    line = 1 + broken[: broken.index("key: children-and-families")].count("\n")
    assert f"line {line}:" in said
    assert element(answer, "textarea[name=text]").get_text().strip() == broken.strip()
    assert "My reason" in answer.text
    assert len(routing.sets()) == before
    answer = coordinator.post("import", text="rules: [", why="My reason")
    assert "line" in text(answer, "#error-summary")


# Replay --------------------------------------------------------------------------------------------------------------


def test_replay_shows_what_would_go_elsewhere(session, clock, sign_in):
    # Neither one of long ago counts, nor one that some office must not learn of.
    sent()
    session.commit()
    clock.forward(days=370)
    for _number in range(3):
        sent()
    sent(topic="work")
    reports.submit(discrimination())
    sent(excluded=("jenarbeit",))
    session.commit()
    coordinator = Coordinator(sign_in("coordinator", "en"))
    identity = coordinator.begin()
    page = coordinator.get(f"{identity}/replay")
    assert "Looked at: 5 reports" in text(page)
    assert "would go where the rules in force send it" in text(page)
    coordinator.do(f"{identity}/rules/housing", office="jenarbeit", why="New tasks")
    page = coordinator.get(f"{identity}/replay")
    assert "another office would read 3" in text(page)
    row = text(page, "#moves tbody tr")
    assert "jenarbeit" in row
    assert "Area of life: Housing" in row
    assert "Place: Winzerla" in row
    lines = soup(page).select("#loads tbody tr")
    numbers = {tuple(cell.get_text(" ", strip=True) for cell in line.select("td")) for line in lines}
    assert {("3", "0", "-3"), ("1", "4", "+3")} <= numbers


def test_a_rule_that_begins_later_is_replayed_as_if_it_had_begun(coordinator, identity, session):
    sent()
    session.commit()
    coordinator.do(f"{identity}/rules/housing", office="jenarbeit", valid_from="2099-01-01", why="Far away")
    page = coordinator.get(f"{identity}/replay")
    assert "another office would read 1" in text(page)
    assert "2099" in text(page)


def test_what_is_known_of_a_discrimination_is_its_larger_area(session, jena):
    reports.submit(discrimination())
    session.flush()
    [facts] = queries.reports_since(now() - timedelta(hours=1))
    assert facts.grounds == {"racist_attribution"}
    assert facts.forms == {"insult"}
    assert "18" not in facts.areas
    assert len(facts.areas) == 1


def test_reports_that_say_the_same_come_from_the_database_in_one_row(session, count_statements):
    for _number in range(4):
        sent()
    session.flush()
    with count_statements() as said:
        found = list(queries.reports_since(now() - timedelta(hours=1)))
    assert len(found) == 4
    assert len(set(map(id, found))) == 1
    assert sum("FROM report" in statement for statement in said) == 1


# Who may -------------------------------------------------------------------------------------------------------------


def test_only_the_coordination_changes_rules(sign_in):
    assert sign_in("reader:ads", "en").get(f"{BASE}/").status_code == 403


def test_a_version_is_readable_for_everybody_at_a_desk_but_no_draft_is(coordinator, identity, sign_in):
    reader = sign_in("reader:ads", "en")
    card = routing.set_card(identity)
    assert reader.get(f"{BASE}/version/{card.version}").status_code == 404
    page = reader.get(f"{BASE}/version/{routing.rules().version}")
    assert page.status_code == 200
    assert keys(page) == [rule.key for rule in routing.rules().rules]
    assert not soup(page).select("main form")
