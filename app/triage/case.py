"""A case as a desk sees it: opened with the desk's own keys, in memory only, for the length of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.accounts.models import User
from app.accounts.service import mailboxes_of
from app.core.codes import Purpose, State
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.privacy.domain import BoxKey, CannotOpen, Keyring
from app.reports import dialogue, readers
from app.reports import queries as reports
from app.reports.dialogue import OpenedReport
from app.reports.domain import ENDED, NUMBER
from app.reports.models import Consent, Event, Report
from app.routing import queries as routing
from app.triage import domain, queries
from app.triage.domain import Reach, Standing
from app.triage.models import Consultation, Handover, Reassignment

NOTE = "note"
REASON = "reason"
RECUSED = "recused"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at work: their keys, the mailboxes they open (office by principal), and where they belong.

    ``own`` is the person's own principal: after a colleague's recusal a case is sealed to single persons.
    """

    user_id: int
    title: str
    own: str
    keyring: Keyring
    mailboxes: Mapping[str, int]
    belongs_to: frozenset[int]

    @classmethod
    def of(cls, user: User, keyring: Keyring) -> Staff:
        """Only offices that the person belongs to *and* holds the key of."""
        belongs_to = frozenset(one.organisation_id for one in user.memberships)
        return cls(user.id, user.title, str(user.principal_id), keyring, mailboxes_of(user, keyring), belongs_to)

    @property
    def offices(self) -> frozenset[int]:
        """The ids of the offices whose mailboxes the person opens."""
        return frozenset(self.mailboxes.values())

    @property
    def reach(self) -> Reach:
        """The ways to cases that the person has."""
        return Reach(frozenset(self.mailboxes), self.offices, self.own, self.belongs_to)


@dataclass(frozen=True, slots=True)
class Words:
    """A note, or the reason for a step: readable by offices, not by the receipt."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of the case's history with the words that belong to it."""

    event: Event
    words: Words | None


@dataclass(frozen=True)
class Case:
    """An opened case, and what the person may do with it."""

    staff: Staff
    opened: OpenedReport
    staff_box: BoxKey
    standings: frozenset[Standing]
    office_id: int
    """The office that the person acts for."""
    offices: frozenset[int]
    """The offices through which the person can open the case."""
    granted: frozenset[str]
    """The principals that could open the case when it was opened here."""
    handover: Handover | None
    consultations: Sequence[Consultation]
    """The offices asked to work along, as long as that has not ended."""
    consents: Mapping[str, Consent]

    @property
    def report(self) -> Report:
        """The report."""
        return self.opened.report

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.report.state)

    @property
    def works(self) -> bool:
        """Whether the person works on the case for the office that leads it, or for the desk in reserve."""
        return not domain.WORKERS.isdisjoint(self.standings)

    def allows(self, purpose: Purpose) -> bool:
        """Whether a consent is in force."""
        consent = self.consents.get(purpose)
        return consent is not None and consent.withdrawn_at is None

    @property
    def hidden(self) -> bool:
        """Whether the person only reads by a consent that is not in force any more: then nothing is shown.

        A withdrawal ends such a way in at once. This stands behind it, for what was offered before that was so.
        """
        return not self.works and not self.allows(Purpose.HANDOVER)

    @property
    def may_write(self) -> bool:
        """Whether the office may write to the reporter."""
        consent = self.consents.get(Purpose.CONTACT)
        wrote = [message.at for message in self.opened.messages if not message.from_office]
        return domain.may_write(
            consented=self.allows(Purpose.CONTACT),
            withdrawn_at=consent.withdrawn_at if consent else None,
            wrote_at=max(wrote, default=None),
        )

    @property
    def ended(self) -> bool:
        """Whether nobody works on the case any more."""
        return self.state in ENDED

    @property
    def can_reply(self) -> bool:
        """Whether a message may be sent from where the case stands."""
        return domain.after_reply(self.state, question=False, standings=self.standings) is not None

    @property
    def short_ways(self) -> tuple[State, ...]:
        """The steps that must not take long, as far as the person may take them now."""
        return tuple(to for to in domain.SHORT_WAYS if domain.transition(self.state, to, self.standings))

    @property
    def can_close(self) -> bool:
        """Whether the person may close the case now."""
        return domain.transition(self.state, State.CLOSED, self.standings) is not None

    @cached_property
    def out(self) -> frozenset[str]:
        """The people who must not read the case: they belong to what it is about, or have recused themselves."""
        return readers.kept_out(self.opened.content) | recused(self.staff_box)

    @property
    def receivers(self) -> tuple[OrganisationCard, ...]:
        """The offices that the case may be handed to: open, and not what it is about."""
        offices = directory.organisations()
        content = self.opened.content
        keys = domain.receivers(self.lead.key, content.involved, content.excluded, routing.desks(), self.out)
        return tuple(offices[key] for key in keys)

    @property
    def advisers(self) -> tuple[OrganisationCard, ...]:
        """The offices that may be asked to work along: those that may receive the case and are nothing to it yet."""
        busy = {self.report.fallback_office_id, *(one.office_id for one in self.consultations)}
        if self.handover is not None:
            busy.add(self.handover.to_office_id)
        return tuple(card for card in self.receivers if card.id not in busy)

    @property
    def consultation(self) -> Consultation | None:
        """What the person's own office is asked, or works along in."""
        return next((one for one in self.consultations if one.office_id in self.offices), None)

    @property
    def lead_id(self) -> int:
        """The office that leads; a case that staff can open has one."""
        return int(self.report.office_id or 0)

    @property
    def lead(self) -> OrganisationCard:
        """The office that leads."""
        return _office(self.lead_id)

    @cached_property
    def task(self) -> Reassignment | None:
        """What the coordination asks for, while nobody has carried it out."""
        return queries.open_reassignment(self.report.id)

    @property
    def offered_to(self) -> OrganisationCard | None:
        """The office that has not answered an offer yet."""
        return _office(self.handover.to_office_id) if self.handover else None

    @staticmethod
    def office_of(asked: Consultation) -> OrganisationCard:
        """The office that is asked to work along."""
        return _office(asked.office_id)

    @cached_property
    def history(self) -> tuple[Step, ...]:
        """What happened, oldest first, with notes and reasons opened."""
        held = {} if self.hidden else privacy.take_all(self.staff_box, NOTE, REASON)
        return tuple(Step(event, _words(held.get(event.sealed_id or ""))) for event in self.opened.events)

    @property
    def notes(self) -> tuple[Step, ...]:
        """The internal notes, oldest first."""
        return tuple(step for step in self.history if step.event.kind == NOTE)

    @property
    def offer_step(self) -> Step | None:
        """The latest offer, with its reason."""
        return self._latest("offered")

    @property
    def question_step(self) -> Step | None:
        """The latest question to the person's own office whether it works along, with its reason."""
        office = directory.organisation_by_id(self.consultation.office_id) if self.consultation else None
        return self._latest("consulted", code=office.key) if office else None

    @property
    def returned_step(self) -> Step | None:
        """The answer of an office that did not take the case, while nothing has been done about it."""
        step = self._latest("offered", "accepted", "taken_back", "returned", "recoded", "state")
        return step if step is not None and step.event.kind == "returned" else None

    @property
    def recoded_step(self) -> Step | None:
        """The latest correction of the facts, while no office has been asked since."""
        step = self._latest("offered", "accepted", "recoded")
        return step if step is not None and step.event.kind == "recoded" else None

    def _latest(self, *kinds: str, code: str | None = None) -> Step | None:
        """The latest step of some kinds; with a code, only of those with it."""
        fitting = (step for step in reversed(self.history) if step.event.kind in kinds)
        return next((step for step in fitting if code is None or step.event.reason == code), None)

    def since(self, event_id: int) -> tuple[Step, ...]:
        """What happened after an event."""
        return tuple(step for step in self.history if step.event.id > event_id)

    @property
    def latest(self) -> int:
        """The id of the latest event."""
        return max((event.id for event in self.opened.events), default=0)


def open_case(staff: Staff, number: str) -> Case:
    """Open a case with the keys of the person's mailboxes, or with their own.

    Raises:
        CannotOpen: there is no such case, no key has a grant, or the person must not read it; nobody learns which.
    """
    case = unlocked(staff, number)
    if staff.own in case.out:
        raise CannotOpen
    return case


def unlocked(staff: Staff, number: str) -> Case:
    """The same, for somebody who may turn out to be one who must not read it: for no page.

    Raises:
        CannotOpen: there is no such case, or no key has a grant.
    """
    report = reports.by_number(number) if NUMBER.fullmatch(number) else None
    if report is None or report.box_id is None or report.staff_box_id is None:
        raise CannotOpen
    handover = queries.open_handover(report.id)
    granted = privacy_queries.granted_to(report.box_id)
    consultations = queries.consultations(report.id)
    working = {one.office_id for one in consultations}
    offered = handover.to_office_id if handover else None
    concerned = {report.office_id, report.fallback_office_id, offered, *working}
    mine = {office for mailbox, office in staff.mailboxes.items() if mailbox in granted}
    if staff.own in granted:
        mine |= {office for office in staff.belongs_to if office in concerned}
    if not mine:
        raise CannotOpen
    keys = Keyring({key: staff.keyring.keys[key] for key in {staff.own, *staff.mailboxes} & granted})
    box = privacy.open_with_keys(keys, report.box_id)
    staff_box = privacy.open_with_keys(keys, report.staff_box_id)
    standings = _standings(report, mine, offered, working)
    return Case(
        staff=staff,
        opened=dialogue.read(box),
        staff_box=staff_box,
        standings=standings,
        office_id=_acting_for(report, mine, offered, working),
        offices=frozenset(mine),
        granted=frozenset(granted),
        handover=handover,
        consultations=consultations,
        consents={consent.purpose: consent for consent in reports.consents(report.id)},
    )


def recused(staff_box: BoxKey) -> frozenset[str]:
    """The people who have recused themselves from a case: known to those who can open it, and to nobody else."""
    return frozenset(content.decode() for _label, content in privacy.take_all(staff_box, RECUSED).values())


def _standings(report: Report, mine: set[int], offered: int | None, working: set[int]) -> frozenset[Standing]:
    found = set()
    if report.office_id in mine:
        found.add(Standing.LEAD)
    if offered in mine:
        found.add(Standing.OFFERED)
    if working & mine:
        found.add(Standing.ASKED)
    if any(
        office == report.fallback_office_id or office not in {offered, *working} for office in mine - {report.office_id}
    ):
        found.add(Standing.RESERVE)
    return frozenset(found)


def _acting_for(report: Report, mine: set[int], offered: int | None, working: set[int]) -> int:
    """The lead office where the person belongs to it, else the reserve desk, else the one that is asked."""
    asked = {offered, *working}

    def rank(office: int) -> tuple[bool, bool, bool, int]:
        return office != report.office_id, office != report.fallback_office_id, office in asked, office

    return min(mine, key=rank)


def _words(found: tuple[str, bytes] | None) -> Words | None:
    if found is None:
        return None
    data = json.loads(found[1])
    return Words(data["text"], data.get("by", ""))


def _office(organisation_id: int) -> OrganisationCard:
    card = directory.organisation_by_id(organisation_id)
    if card is None:
        message = "an office of a report is gone from the directory"
        raise LookupError(message)
    return card
