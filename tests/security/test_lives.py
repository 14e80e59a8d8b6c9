"""Whatever reporters, staff, coordination, worker and clock do, in whatever order: no report is lost between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from app.accounts import queries as accounts
from app.accounts.models import Role, User
from app.core.clock import now
from app.core.codes import Channel, Kind, Outcome, Purpose, State, Topic, Wish
from app.core.database import db
from app.directory import queries as directory
from app.plans import queries as plans
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen, Keyring, Spent
from app.reports import dialogue, kept, readers, retention
from app.reports import queries as reports
from app.reports import service as intake
from app.reports.deadlines import city_calendar
from app.reports.domain import BY_THE_REPORTER, ENDED, Filing, NotAllowed
from app.reports.models import DecisionRow, Report
from app.triage import (
    assignment,
    consultation,
    handover,
    queries,
    reassignment,
    recoding,
    recusal,
    related,
    service,
    splitting,
    work,
)
from app.triage.case import Case, Staff, open_case
from app.triage.domain import TRANSITIONS
from app.triage.overdue import service as escalation
from app.wiring.demo import PASSWORD
from tests import factories
from tests.support.databases import rolled_back

REPORTS_MOST = 4
GONE = {State.WITHDRAWN, State.KEPT}
REASON = "So ist es besser."

choose = st.integers(0, 10_000)
"""Picks one of what there is."""


@dataclass
class Paper:
    """A receipt in somebody's hand, and those that it has taken the place of."""

    digits: str
    ended: list[str] = field(default_factory=list)


@dataclass
class Known:
    """What the reporter of one report knows: their receipt, and every word that was ever said to or by them.

    The parts of a split report share a receipt.
    """

    paper: Paper
    number: str
    said: list[str] = field(default_factory=list)
    erased: bool = False

    def open(self) -> dialogue.OpenedReport:
        """Open it by its receipt."""
        return dialogue.open_by_receipt(self.paper.digits, self.number)


class Lives(RuleBasedStateMachine):
    """The city with a few reports in it."""

    app: Any
    clock: Any
    done: Counter[str]

    def __init__(self) -> None:
        """A fresh city; all of it is undone at the end."""
        super().__init__()
        self.known: list[Known] = []
        self.undoing = rolled_back(self.app)
        self.undoing.__enter__()
        self.context = self.app.test_request_context("/en/desk/", method="POST")
        self.context.push()
        self.people = [_at_work(user) for user in _readers()]

    def teardown(self) -> None:
        """Undo everything."""
        db.session.remove()
        self.context.pop()
        self.undoing.__exit__(None, None, None)

    # Reporters -------------------------------------------------------------------------------------------------------

    @rule(pick=choose, agreed=st.sets(st.sampled_from([Purpose.CONTACT, Purpose.HANDOVER, Purpose.STATISTICS])))
    def somebody_reports(self, pick, agreed) -> None:
        if len(self.known) == REPORTS_MOST:
            return
        keys = sorted(directory.organisations())
        involved = (keys[pick % len(keys)],) if pick % 4 == 0 else ()
        channel = list(Channel)[pick % len(Channel)]
        filing = (
            BY_THE_REPORTER
            if channel is Channel.WEB
            else Filing(channel, "office", directory.organisations()["ads"].id)
        )
        make = factories.discrimination if pick % 3 == 0 else factories.draft
        draft = make(
            topic=list(Topic)[pick % len(Topic)],
            involved=involved,
            consents=frozenset({Purpose.READING, *agreed}),
        )
        sent = intake.submit(draft, filing)
        assert intake.submit(draft, filing).number == sent.number
        self.known.append(Known(Paper(sent.receipt), sent.number))
        self._done("report")

    @rule(pick=choose, words=st.text("abc äß", min_size=1, max_size=20))
    def somebody_writes(self, pick, words) -> None:
        with_words = f"Nachricht {len(words)} {words} {now().timestamp()}"
        self._by_receipt(pick, "write", lambda opened, _one: dialogue.write(opened, with_words), with_words)

    @rule(pick=choose, purpose=st.sampled_from([Purpose.CONTACT, Purpose.HANDOVER, Purpose.STATISTICS]))
    def somebody_agrees(self, pick, purpose) -> None:
        self._by_receipt(pick, "agree", lambda opened, _one: dialogue.give_consent(opened, purpose))

    @rule(pick=choose, purpose=st.sampled_from([Purpose.CONTACT, Purpose.HANDOVER, Purpose.STATISTICS]))
    def somebody_no_longer_agrees(self, pick, purpose) -> None:
        self._by_receipt(pick, "disagree", lambda opened, _one: dialogue.withdraw_consent(opened, purpose))

    @rule(pick=choose)
    def somebody_sends_on_what_was_kept(self, pick) -> None:
        def send_on(opened, _one) -> None:
            kept.send_on(opened, kept.decide(opened).mark)

        self._by_receipt(pick, "send_on", send_on)

    @rule(pick=choose)
    def somebody_changes_their_receipt(self, pick) -> None:
        def exchange(opened, one) -> None:
            paper = one.paper
            fresh = privacy.receipt_after(paper.digits, f"nonce {len(paper.ended)}")
            dialogue.exchange_receipt(opened, paper.digits, fresh)
            paper.ended.append(paper.digits)
            paper.digits = fresh

        self._by_receipt(pick, "exchange", exchange)

    @rule(pick=choose, rare=st.integers(0, 5))
    def somebody_leaves(self, pick, rare) -> None:
        if rare:
            return

        def leave(opened, one) -> None:
            if pick % 2:
                dialogue.withdraw(opened)
            else:
                dialogue.erase(opened)
                one.erased = True

        self._by_receipt(pick, "leave", leave)

    # Staff -----------------------------------------------------------------------------------------------------------

    @rule(who=choose, pick=choose, what=choose)
    def staff_move_a_case(self, who, pick, what) -> None:
        def move(case, _one) -> None:
            steps = TRANSITIONS[case.state]
            service.move(case, steps[what % len(steps)].to, REASON)

        self._at_a_desk(who, pick, "move", move)

    @rule(who=choose, pick=choose, question=st.booleans())
    def staff_write(self, who, pick, question) -> None:
        words = f"Antwort {now().timestamp()}"
        self._at_a_desk(who, pick, "reply", lambda case, _one: service.reply(case, words, question=question), words)

    @rule(who=choose, pick=choose, what=choose)
    def staff_do_their_work(self, who, pick, what) -> None:
        measures = plans.measures()
        deeds: list[Callable[[Case, Known], object]] = [
            lambda case, _one: service.take_on(case),
            lambda case, _one: service.note(case, "Notiz"),
            lambda case, _one: service.close(case, list(Outcome)[what % len(Outcome)]),
            lambda case, _one: service.link(case, measures[what % len(measures)]),
            lambda case, _one: work.remember(case, "Anrufen", None),
            lambda case, _one: recusal.recuse(case, REASON),
            lambda case, _one: related.relate(case, self.known[what % len(self.known)].number),
        ]
        self._at_a_desk(who, pick, f"work {what % len(deeds)}", deeds[what % len(deeds)])

    @rule(who=choose, pick=choose, what=choose)
    def staff_share_a_case(self, who, pick, what) -> None:
        def some(offices: Any) -> Any:
            found = list(offices)
            if not found:
                raise NotAllowed
            return found[what % len(found)]

        deeds: list[Callable[[Case, Known], object]] = [
            lambda case, _one: handover.offer(case, some(case.receivers), REASON),
            lambda case, _one: handover.accept(case),
            lambda case, _one: handover.accept(case),
            lambda case, _one: handover.give_back(case, REASON),
            lambda case, _one: handover.take_back(case),
            lambda case, _one: consultation.ask(case, some(case.advisers), REASON),
            lambda case, _one: consultation.accept(case),
            lambda case, _one: consultation.give_back(case, REASON),
            lambda case, _one: consultation.finish(case, REASON),
            lambda case, _one: consultation.call_off(case, some(case.consultations).office_id),
            lambda case, _one: assignment.assign(case, some(assignment.colleagues(case)).id),
        ]
        self._at_a_desk(who, pick, f"share {what % len(deeds)}", deeds[what % len(deeds)])

    @rule(who=choose, pick=choose, topic=st.sampled_from(list(Topic)))
    def staff_split_a_case(self, who, pick, topic) -> None:
        if len(self.known) == REPORTS_MOST:
            return
        part = splitting.Part(recoding.Facts(Kind.GAP, Wish.DOCUMENT, topic, area="18"), "Und dann noch etwas anderes.")

        def split(case, one) -> None:
            self.known.append(Known(one.paper, splitting.split(case, part, REASON).number))

        self._at_a_desk(who, pick, "split", split)

    @rule(who=choose, pick=choose, kind=st.sampled_from(list(Kind)), topic=st.sampled_from(list(Topic)))
    def staff_put_facts_right(self, who, pick, kind, topic) -> None:
        def recode(case, _one) -> None:
            before = _decisions(case.report)
            recoding.recode(case, recoding.Facts(kind, Wish.DOCUMENT, topic, area="18"), REASON)
            assert _decisions(case.report) == before + 1, "each change decides once"

        self._at_a_desk(who, pick, "recode", recode)

    # Coordination, worker, clock -------------------------------------------------------------------------------------

    @rule(pick=choose, what=choose)
    def the_coordination_asks(self, pick, what) -> None:
        if not self.known:
            return
        facts = queries.facts_of(self.known[pick % len(self.known)].number, ())
        if facts is None:
            return
        offices = reassignment.offices()
        self._trying("reassign", lambda: reassignment.ask(facts, offices[what % len(offices)]))

    @rule(who=choose)
    def somebody_signs_in(self, who) -> None:
        user, staff = self.people[who % len(self.people)]
        reassignment.at_sign_in(user, staff.keyring)
        self._done("sign in")

    @rule(rare=st.integers(0, 2))
    def the_worker_has_its_turn(self, rare) -> None:
        if rare:
            return
        escalation.escalate_due()
        retention.purge_due()
        self._done("worker")

    @rule(hours=st.sampled_from([1, 9, 30, 24 * 8]))
    def time_passes(self, hours) -> None:
        self.clock.forward(hours=hours)
        self._done("clock")

    # How -------------------------------------------------------------------------------------------------------------

    def _done(self, what: str) -> None:
        db.session.commit()
        self.done[what] += 1

    def _trying(self, what: str, deed: Callable[[], object]) -> bool:
        """Do it, in a transaction of its own; what is refused in words changes nothing."""
        try:
            deed()
            self._done(what)
        except (NotAllowed, CannotOpen, StaleDataError):
            db.session.rollback()
            self.done[f"{what} refused"] += 1
            return False
        return True

    def _by_receipt(self, pick: int, what: str, deed: Callable[[Any, Known], object], *words: str) -> None:
        if not self.known:
            return
        one = self.known[pick % len(self.known)]
        if self._trying(what, lambda: deed(one.open(), one)):
            one.said += words

    def _at_a_desk(self, who: int, pick: int, what: str, deed: Callable[[Case, Known], object], *words: str) -> None:
        if not self.known:
            return
        one = self.known[pick % len(self.known)]
        # Mostly somebody acts who can open the case; the others show that they get no further.
        able = self._holders(one.number) if who % 8 else []
        staff = (able or [staff for _user, staff in self.people])[who % len(able or self.people)]
        if self._trying(what, lambda: deed(open_case(staff, one.number), one)):
            one.said += words

    def _holders(self, number: str) -> list[Staff]:
        """Who has a key that opens a case, those of the office that leads it first."""
        report = reports.by_number(number)
        granted = privacy_queries.granted_to(report.box_id) if report and report.box_id else set()
        holders = [staff for _user, staff in self.people if not granted.isdisjoint({staff.own, *staff.mailboxes})]
        return sorted(holders, key=lambda staff: report is None or report.office_id not in staff.belongs_to)

    # What always holds -----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        for one in self.known:
            db.session.expire_all()
            report = reports.by_number(one.number)
            assert report is not None
            if report.box_id is None:
                self._is_gone(report, one)
                continue
            for ended in one.paper.ended:
                with pytest.raises(CannotOpen):
                    dialogue.open_by_receipt(ended)
            opened = one.open()
            assert opened.report.number == one.number
            assert [message.text for message in opened.messages] == one.said
            self._states_have_events(opened)
            self._only_rights_open(opened)
            self._somebody_leads(opened)
            self._deadlines_fit(report)

    def _is_gone(self, report: Report, one: Known) -> None:
        assert one.erased or report.purged_at is not None
        assert report.staff_box_id is None
        with pytest.raises(Spent):
            one.open()

    def _states_have_events(self, opened: dialogue.OpenedReport) -> None:
        report = opened.report
        if report.state == State.WITHDRAWN:
            return
        told = [event.state for event in opened.events if event.state]
        assert told, "a report without any event"
        assert told[-1] == report.state, (told, report.state)

    def _only_rights_open(self, opened: dialogue.OpenedReport) -> None:
        """Each grant belongs to an office that is something to the case, and to nobody whom it is about."""
        report = opened.report
        granted = privacy_queries.granted_to(str(report.box_id))
        mailboxes = accounts.offices_of(granted)
        handed = queries.open_handover(report.id)
        right = {report.office_id, report.fallback_office_id}
        right |= {handed.to_office_id} if handed else set()
        right |= {asked.office_id for asked in queries.consultations(report.id)}
        if report.state in GONE:
            assert not granted
            return
        assert set(mailboxes.values()) <= right, "an office without a right"
        persons = accounts.organisations_of(granted - set(mailboxes))
        assert all(not offices.isdisjoint(right) for offices in persons.values()), "a person without a right"
        assert granted.isdisjoint(readers.kept_out(opened.content)), "somebody it is about"

    def _somebody_leads(self, opened: dialogue.OpenedReport) -> None:
        """There is one lead whose people can open the case, also while it is on offer to another office."""
        report = opened.report
        if report.state in GONE:
            return
        assert report.office_id is not None
        assert any(self._leads(staff, report) for staff in self._holders(report.number)), "nobody of the lead opens it"

    def _leads(self, staff: Staff, report: Report) -> bool:
        try:
            return report.office_id in open_case(staff, report.number).offices
        except CannotOpen:
            return False

    def _deadlines_fit(self, report: Report) -> None:
        if report.state in ENDED or report.state == State.WAITING:
            assert report.due_at is None
        else:
            assert report.due_at is not None
            assert city_calendar().works((report.due_at - timedelta(hours=12)).date()), report.due_at


def _readers() -> list[User]:
    return list(db.session.scalars(select(User).join(User.roles).where(Role.name == "reader").order_by(User.id)))


def _at_work(user: User) -> tuple[User, Staff]:
    principal = str(user.principal_id)
    ring: Keyring = privacy.keyring(principal, privacy.unlock(principal, PASSWORD))
    return user, Staff.of(user, ring)


def _decisions(report: Report) -> int:
    return db.session.scalar(select(func.count()).where(DecisionRow.report_id == report.id)) or 0


@pytest.mark.timeout(3600)
def test_lives_of_reports_in_any_order(own_app, clock, much, figure):
    class Here(Lives):
        app, done = own_app(), Counter()

    Here.clock = clock
    some = settings(
        max_examples=6, stateful_step_count=50, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    while Here.done.total() < much(150, 10_000):
        run_state_machine_as_test(Here, settings=some)
    done = Here.done
    refused = sum(number for name, number in done.items() if name.endswith("refused"))
    figure(f"{done.total():,} steps, {refused:,} refused in words; nothing was lost after any of them: {dict(done)}")
