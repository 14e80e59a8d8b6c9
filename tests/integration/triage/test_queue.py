"""What stands in the queue: what the person's mailboxes can open, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts import queries as accounts
from app.accounts.models import VaultSession
from app.core.clock import now, today
from app.core.codes import Kind, Purpose, State, Topic
from app.core.revisions import touch
from app.core.texts import Localized
from app.directory import queries as directory
from app.plans import queries as plans
from app.privacy.models import Grant
from app.reports import service as reports
from app.reports.models import MeasureLink
from app.triage.lists import labels as queue_labels
from app.triage.lists import queries as list_queries
from app.triage.models import CaseLabel, Consultation, Label, ToDo
from tests.factories import discrimination, sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup

ALL_CONSENTS = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.STATISTICS, Purpose.HANDOVER})


def one_of(office):
    """The first reader of an office: who signs in for it."""
    return accounts.members(directory.organisations()[office].id)[0]


def _age(number, **ago):
    report_of(number).received_at = now() - timedelta(**ago)


def test_an_office_sees_its_own_and_the_reserve_desk_too(session, desk):
    number = sent().number
    assert desk(LEAD).numbers() == [number]
    assert desk("sozialplanung").numbers() == [number]
    assert desk("ads").numbers() == []
    assert desk("gesundheit").numbers() == []


def test_an_empty_queue_says_so(session, desk):
    assert "New reports for your office will appear" in desk(LEAD).queue().text


def test_every_column_says_its_fact(session, desk):
    number = sent(language="ar").number
    _age(number, days=3)
    row = element(desk(LEAD).queue(), "#reports tbody tr")
    words = row.get_text(" ", strip=True)
    for expected in (number, "3 days", "Something is missing", "Housing", "Winzerla", "العربية", "New", "unread"):
        assert expected in words
    assert "files" not in words


def test_a_report_of_discrimination_shows_the_coarse_area_only(session, desk):
    reports.submit(discrimination(area="6"))
    row = element(desk("ads").queue(), "#reports tbody tr").get_text(" ", strip=True)
    assert "Drackendorf" not in row
    assert "Lobeda" in row


def test_filters(session, desk):
    gap, idea, closed = sent().number, sent(kind=Kind.IDEA, missing=(), targets=()).number, sent().number
    for number, hours in ((gap, 3), (idea, 2), (closed, 1)):
        _age(number, hours=hours)
    report_of(closed).state = State.SPAM
    reserve = desk("sozialplanung")
    assert reserve.numbers() == [idea, gap]
    assert reserve.numbers(sort="oldest") == [gap, idea]
    assert reserve.numbers(state="all") == [closed, idea, gap]
    assert reserve.numbers(kind="idea") == [idea]
    assert reserve.numbers(group="waiting") == []
    led = {number for number in (gap, idea) if report_of(number).fallback_office_id == report_of(number).office_id}
    assert set(reserve.numbers(group="office")) == led
    assert set(reserve.numbers(group="reserve")) == {gap, idea} - led


def figures_on(page):
    return [item.get_text(" ", strip=True) for item in soup(page).select(".tk-figure")]


def test_the_figures(session, desk):
    first, second, late = sent().number, sent().number, sent().number
    report_of(first).unread = False
    report_of(second).state = State.CLOSED
    report_of(late).due_at = now() - timedelta(hours=1)
    report_of(first).due_at = now() + timedelta(hours=1)
    assert figures_on(desk(LEAD).queue()) == [
        "2 All that we can read",
        "0 Assigned to me",
        "2 Led by my office",
        "0 In reserve",
        "0 Waiting for acceptance",
        "1 Overdue",
        "1 With something new",
        "0 With something to do today",
    ]


def test_counting_ends_somewhere(session, desk, monkeypatch):
    monkeypatch.setattr(list_queries, "COUNTED_UP_TO", 2)
    monkeypatch.setattr(queue_labels, "COUNTED_UP_TO", 2)
    for _ in range(4):
        sent()
    assert figures_on(desk(LEAD).queue())[0] == "2+ All that we can read"


def test_groups_show_what_they_count(session, desk):
    mine, late, old, task = (sent().number for _ in range(4))
    for hours, number in enumerate((task, old, late, mine), 1):
        _age(number, hours=hours)
    person = desk(LEAD)
    report_of(mine).assignee_id = one_of(LEAD).id
    report_of(late).due_at = now() - timedelta(days=1)
    report_of(old).unread = False
    session.add(ToDo(report_id=report_of(task).id, office_id=report_of(task).office_id, due_on=today()))
    far = today() + timedelta(days=2)
    session.add(ToDo(report_id=report_of(old).id, office_id=report_of(old).office_id, due_on=far))
    assert person.numbers(group="me") == [mine]
    assert person.numbers(group="overdue") == [late]
    assert person.numbers(group="new") == [task, late, mine]
    assert person.numbers(group="todo") == [task]
    assert person.numbers(group="reserve") == []
    assert desk("sozialplanung").numbers(group="reserve") == [task, old, late, mine]


def test_what_waits_for_an_answer_waits_on_both_sides(session, desk):
    number = sent(consents=ALL_CONSENTS).number
    giver, receiver = desk(LEAD), desk("gesundheit")
    giver.do(number, "offer", office="gesundheit", reason="Zuständig.")
    assert receiver.numbers() == receiver.numbers(group="waiting") == [number]
    assert giver.numbers(group="waiting") == [number]
    assert desk("sozialplanung").numbers(group="waiting") == []
    receiver.do(number, "accept")
    assert receiver.numbers(group="waiting") == giver.numbers(group="waiting") == []


def test_a_consultation_is_a_way_to_the_queue(session, desk):
    number = sent().number
    report = report_of(number)
    asked = directory.organisations()["gesundheit"]
    colleague = desk("gesundheit")
    moment = now()
    question = Consultation(
        report_id=report.id, office_id=asked.id, asked_by_id=report.office_id, due_at=moment, asked_at=moment
    )
    session.add(question)
    assert colleague.numbers() == [], "without a grant nothing is listed"
    session.add(Grant(box_id=report.box_id, principal_id=asked.principal_id, sealed_key=b"x"))
    assert colleague.numbers() == colleague.numbers(group="waiting") == [number]
    assert desk(LEAD).numbers(group="waiting") == [number]
    question.answered_at, question.outcome = moment, "accepted"
    assert colleague.numbers() == [number]
    assert colleague.numbers(group="waiting") == []
    question.ended_at = moment
    assert colleague.numbers() == []


def test_every_filter_narrows(session, desk):
    wanted, other = sent().number, sent(topic=Topic.WORK, area="6", language="ar").number
    report, lead = report_of(wanted), desk("sozialplanung")
    _age(other, days=10)
    report_of(other).state = State.WAITING
    label = Label(key="bench", name=Localized(de="Bank"))
    session.add(label)
    touch("wordings")
    measure = plans.measures()[0]
    session.flush()
    session.add_all(
        [CaseLabel(report_id=report.id, label_id=label.id), MeasureLink(report_id=report.id, measure_id=measure.id)]
    )
    assert set(lead.numbers()) == {wanted, other}
    for filters in (
        {"topic": "housing"},
        {"area": str(report.area_id)},
        {"area": str(report.coarse_area_id)},
        {"language": "de"},
        {"state": "received"},
        {"label": str(label.id)},
        {"measure": str(measure.id)},
        {"since": (today() - timedelta(days=3)).isoformat()},
    ):
        assert lead.numbers(**filters) == [wanted], filters
    assert lead.numbers(until=(today() - timedelta(days=9)).isoformat()) == [other]
    assert set(lead.numbers(office=str(report.office_id))) >= {wanted}
    assert lead.numbers(since=today().isoformat(), until=today().isoformat()) == [wanted]


@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "changed"])
def test_every_order_pages_there_and_back(session, desk, monkeypatch, sort):
    monkeypatch.setattr(list_queries, "PAGE_SIZE", 2)
    moment = now() - timedelta(days=1)
    numbers = [sent().number for _ in range(7)]
    for position, number in enumerate(numbers):
        report = report_of(number)
        # Equal moments, and deadlines that are missing: the id decides.
        report.received_at = report.changed_at = moment - timedelta(hours=position // 2)
        report.due_at = None if position in {1, 4, 6} else moment + timedelta(hours=position // 3)
    by_id = [report_of(number) for number in numbers]
    far = moment + timedelta(days=999)
    expected = [
        report.number
        for report in {
            "newest": sorted(by_id, key=lambda one: (one.received_at, one.id), reverse=True),
            "oldest": sorted(by_id, key=lambda one: (one.received_at, one.id)),
            "due": sorted(by_id, key=lambda one: (one.due_at or far, one.id)),
            "changed": sorted(by_id, key=lambda one: (one.changed_at, one.id), reverse=True),
        }[sort]
    ]
    # Writing sets nothing else.
    person = desk(LEAD)
    pages, page = [], person.queue(sort=sort)
    while True:
        pages.append(numbers_on(page))
        further = soup(page).select_one("a[rel=next]")
        if further is None:
            break
        page = person.client.get(further["href"])
    assert pages == [expected[start : start + 2] for start in range(0, 7, 2)]
    back = []
    while True:
        before = soup(page).select_one("a[rel=prev]")
        if before is None:
            break
        page = person.client.get(before["href"])
        if not numbers_on(page):
            break
        back.append(numbers_on(page))
    assert back == pages[-2::-1]


def numbers_on(page):
    return [link.get_text() for link in soup(page).select("#reports tbody th a")]


@pytest.mark.parametrize(
    "filters",
    [
        {"state": "x"},
        {"kind": "gap'"},
        {"group": "'; --"},
        {"until": "2026-13-01"},
        {"since": "2026-03-01", "until": "2026-02-01"},
        {"area": "0"},
        {"after": "none-1"},
        {"sort": "\x00"},
        {"after": "1"},
        {"before": "9" * 99 + "-1"},
    ],
)
def test_a_forged_filter_is_told(session, desk, filters):
    sent()
    answer = desk(LEAD).queue(**filters)
    assert answer.status_code == 422
    assert soup(answer).select_one("[role=alert] li")


def test_pages_by_key_there_and_back(session, desk, monkeypatch):
    monkeypatch.setattr(list_queries, "PAGE_SIZE", 2)
    numbers = [sent().number for _ in range(5)]
    moment = now() - timedelta(days=1)
    for number in numbers:
        # All at the same moment: the id decides.
        report_of(number).received_at = moment
    newest_first = list(reversed(numbers))
    person = desk(LEAD)
    seen, page = [], person.queue()
    while True:
        seen.append([link.get_text() for link in soup(page).select("#reports tbody th a")])
        further = soup(page).select_one("a[rel=next]")
        if further is None:
            break
        page = person.client.get(further["href"])
    assert seen == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    back = person.client.get(element(page, "a[rel=prev]")["href"])
    assert [link.get_text() for link in soup(back).select("#reports tbody th a")] == newest_first[2:4]


def test_what_arrives_meanwhile_does_not_shift_the_next_page(session, desk, monkeypatch):
    monkeypatch.setattr(list_queries, "PAGE_SIZE", 2)
    numbers = [sent().number for _ in range(4)]
    person = desk(LEAD)
    further = element(person.queue(), "a[rel=next]")["href"]
    sent()
    rest = [link.get_text() for link in soup(person.client.get(further)).select("#reports tbody th a")]
    assert rest == [numbers[1], numbers[0]]


def test_the_number_of_queries_does_not_grow(session, desk, count_statements):
    person = desk(LEAD)
    sent()
    person.queue()
    with count_statements() as few:
        person.queue()
    for _ in range(12):
        sent()
    with count_statements() as many:
        person.queue()
    assert len(few) == len(many) <= 12


def test_without_the_session_key_nothing_opens(session, desk):
    number = sent().number
    person = desk(LEAD)
    session.query(VaultSession).delete()
    answer = person.client.get(f"/en/desk/{number}")
    assert (answer.status_code, answer.location) == (302, f"/en/account/login?next=/en/desk/{number}")
    assert person.client.post(f"/en/desk/{number}").status_code == 401


def test_a_withdrawn_report_is_gone(session, desk):
    from app.reports import dialogue

    answer = sent()
    dialogue.withdraw(dialogue.open_by_receipt(answer.receipt))
    person = desk(LEAD)
    assert person.numbers(state="all") == []
    assert person.case(answer.number).status_code == 404
