"""Whoever sends something else than the forms do gets no fault out of the house, and nothing changes by it."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.directory import queries as directory
from app.reports import dialogue
from app.reports.models import Report
from tests.support import tampering
from tests.support.forms import changed
from tests.support.tampering import KINDS, METHODS, Unchanged, targets
from tests.support.walks import DISCRIMINATION, GAP, receipt_in, report_form, send, walk

ROLES = ("resident", "holder", "reader:ads", "coordinator", "partner:awo", "administrator")
EFFECT_OF_ANYTHING = {
    "security.logout", "me.stay", "me.end_sessions",
}  # fmt: skip
"""Buttons without a value: whatever comes with them, pressing them ends or prolongs one's own session, as declared."""

GENERATED = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


class House:
    """Two reports, their receipts, somebody of each role, and the forms on their pages."""

    def __init__(self, app, session, sign_in, client):
        self.app, self.session = app, session
        self.theirs, self.own = receipt_in(send(client, DISCRIMINATION)), receipt_in(send(client, GAP))
        self.number = self.case(self.theirs)
        self.people = {"resident": client, "holder": app.test_client()}
        self.people |= {who: sign_in(who) for who in ROLES if who not in self.people}
        paths = (
            "desk/", f"desk/{self.number}", "coordination/", f"coordination/{self.number}", "account/", "account/me/",
            "account/people", "account/people/1", "account/people/invite", "account/keys", "account/undelivered",
            "needs/", "partner/services/", "partner/new-service", "report", "receipt", "map", "account/login",
        )  # fmt: skip
        pages = [walk(client, to="check"), client.post("/de/receipt", data={"receipt": self.own})]
        pages += [person.get(f"/de/{path}") for person in self.people.values() for path in paths]
        pages = [page for page in pages if page.status_code == 200 and page.mimetype == "text/html"]
        users = tuple(str(number) for number in range(1, 4))
        keys = ("ads", "18", "poverty")
        known = {"number": (self.number,), "user_id": users, "identity": ("1",), "key": keys}
        self.targets = targets(app, pages, known)

    def case(self, receipt):
        number = dialogue.open_by_receipt(receipt).report.number
        self.session.rollback()
        return number


@pytest.fixture
def house(app, session, sign_in, client):
    return House(app, session, sign_in, client)


@pytest.mark.timeout(3600)
def test_no_tampered_request_breaks_or_changes_anything(house, much, figure, database):
    watch, seen = Unchanged(house.app), Counter()

    @settings(GENERATED, max_examples=much(200, 2_400))
    @given(st.data())
    def tamper(data):
        target = data.draw(st.sampled_from(house.targets), label="route")
        who = data.draw(st.sampled_from(ROLES), label="role")
        kind = data.draw(st.sampled_from(KINDS), label="kind")
        method = data.draw(st.sampled_from((*METHODS, "POST", "POST", "POST", "POST", "GET")), label="method")
        if target.rule.endpoint in EFFECT_OF_ANYTHING and method == "POST":
            return
        request = kind(data, target)
        if who == "holder" and isinstance(request.get("data"), dict) and "receipts." in target.rule.endpoint:
            request["data"] = {**request["data"], "receipt": house.theirs, "message": "", "confirm": "no"}
        answer = watch.ask(house.people[who], target.address(data), method, **request)
        seen[kind.__name__, who, answer.status_code // 100] += 1

    tamper()
    watch.check()
    assert {kind for kind, _who, _status in seen} == {kind.__name__ for kind in KINDS}
    assert {who for _kind, who, _status in seen} == set(ROLES)
    refused = sum(number for (_kind, _who, status), number in seen.items() if status >= 4)
    figure(
        f"{database.name}: {seen.total()} requests over {len(house.targets)} routes and {len(ROLES)} roles, "
        f"{refused} refused outright, 0 faults, 0 effects"
    )


# Forms that are right but for one thing ------------------------------------------------------------------------------

CANNOT_BE = {
    "kind": ["", "correction", "Gap", "gap ", "x", "discrimination\x00"],
    "topic": ["", "x", "Housing"],
    "missing": ["x", "none"],
    "targets": ["x"],
    "where": ["", "x", "point", "street"],
    "area": ["", "x", "999999", "18; DROP TABLE report", "planungsraum:1"],
    "text": ["", " ", "x" * 10_001],
    "wish": ["", "x", "mediate"],
    "consents": ["", "contact", "statistics", "independent", "everything"],
    "involved": ["x", "nobody"],
    "excluded": ["x"],
    "nonce": ["", "x", "y" * 31, "y" * 33, "ä" * 32, "' OR 1=1 --" + "x" * 21],
    "subject": ["service:nothing", "x", "measure:"],
    "seen_route": ["", "ads", "x,y"],
    "page": ["", "kind", "text", "x", "CHECK"],
    "go": ["", "next", "stay", "back", "change:text", "SEND", "send\x00"],
    "involved_person": ["x" * 501],
    "place_detail": ["x" * 501],
    "contact": ["x" * 1_001],
}
"""What makes a report that would be taken into one that must not be, by field."""


def test_a_report_that_is_wrong_in_one_thing_is_not_taken(house, much, figure):
    client = house.people["resident"]
    whole = changed(report_form(walk(client)), go="send")
    watch, tried = Unchanged(house.app), Counter()

    @settings(GENERATED, max_examples=much(60, 500))
    @given(st.data())
    def forge(data):
        name = data.draw(st.sampled_from(sorted(CANNOT_BE)), label="field")
        value = data.draw(st.sampled_from(CANNOT_BE[name]), label="value")
        watch.ask(client, "/de/report", data=changed(whole, **{name: value}))
        tried[name] += 1

    forge()
    watch.check()
    figure(f"{tried.total()} reports with a wrong {', '.join(sorted(tried))}: none taken")
    assert receipt_in(client.post("/de/report", data=whole)), "without the forgery it is taken"


def test_fields_that_are_not_the_reporters_to_fill_count_for_nothing(house):
    client = house.people["resident"]
    whole = changed(report_form(walk(client)), go="send")
    offices = directory.organisations()
    forged = {
        "office": "ads", "office_id": str(offices["ads"].id), "fallback_office_id": str(offices["ads"].id),
        "state": "closed", "number": "T-AAAA-AAAA", "restricted": "1", "quarter": "1999-Q1", "id": "1",
        "box_id": "x", "unread": "", "purged_at": "2020-01-01", "readers": "ads", "rule": "x",
    }  # fmt: skip
    honest = receipt_in(client.post("/de/report", data=whole))
    other = receipt_in(client.post("/de/report", data=changed(whole, **forged, nonce="z" * 32)))
    kept = []
    for receipt in (honest, other):
        report = dialogue.open_by_receipt(receipt).report
        row = house.session.execute(select(Report.__table__).where(Report.id == report.id)).mappings().one()
        own = {"id", "number", "box_id", "staff_box_id", "received_at", "changed_at"}
        kept.append({name: value for name, value in row.items() if name not in own and "nonce" not in name})
        assert row["number"] != "T-AAAA-AAAA"
    assert kept[0] == kept[1]


def test_nobody_reaches_the_report_of_another(house, much, figure):
    """Receipts with digits changed, and forms of one's own report that speak of another's."""
    watch = Unchanged(house.app)
    routes = [rule.rule.replace("<lang:lang>", "de") for rule in house.app.url_map.iter_rules()
              if rule.endpoint.startswith("receipts.") and "POST" in rule.methods]  # fmt: skip
    assert len(routes) > 8
    text = DISCRIMINATION["text"].encode()
    tried = 0

    @settings(GENERATED, max_examples=much(60, 600))
    @given(st.data())
    def guess(data):
        nonlocal tried
        digits = list(house.theirs)
        for at in data.draw(st.sets(st.integers(0, 29), min_size=1, max_size=4), label="places"):
            digits[at] = str((int(digits[at]) + data.draw(st.integers(1, 9), label="by")) % 10)
        answer = watch.ask(
            house.people["holder"],
            data.draw(st.sampled_from(routes), label="route"),
            data={"receipt": "".join(digits), "confirm": "yes", "message": "x", "purpose": "reading", "position": "0",
                  "number": house.number, "report": house.number},
        )  # fmt: skip
        assert answer.status_code == 422
        assert text not in answer.data
        tried += 1

    guess()
    watch.check()
    figure(f"{tried} forged receipts: none opens anything")


def test_the_generated_requests_reach_the_views(house):
    """The routes are really called, with the fields that their forms have."""
    named = {target.rule.endpoint: target.names for target in house.targets}
    assert {"kind", "text", "consents", "nonce"} <= set(named["reports.step"])
    assert "receipt" in named["receipts.write"]
    assert sum(bool(names) for names in named.values()) > 15
    assert tampering.DEEP == 3_000
