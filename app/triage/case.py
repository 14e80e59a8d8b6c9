"""A case as a desk sees it: opened with the desk's own keys, in memory only, for the length of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
from app.triage.models import Handover, Reassignment

NOTE = "note"
REASON = "reason"
RECUSED = "recused"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at work: their keys, the mailboxes they open (office by principal), and where they belong.

    ``own`` is the person's own principal: after a colleague's recusal a case is sealed to single persons.
    """

    title: str
    own: str
    keyring: Keyring
    mailboxes: Mapping[str, int]
    belongs_to: frozenset[int]

    @classmethod
    def of(cls, user: User, keyring: Keyring) -> Staff:
        """Only offices that the person belongs to *and* holds the key of."""
        belongs_to = frozenset(one.organisation_id for one in user.memberships)
        return cls(user.title, str(user.principal_id), keyring, mailboxes_of(user, keyring), belongs_to)

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
    handover: Handover | None
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
        """Whether the person works on the case, not only looks at an offer."""
        return not domain.WORKERS.isdisjoint(self.standings)

    def allows(self, purpose: Purpose) -> bool:
        """Whether a consent is in force."""
        consent = self.consents.get(purpose)
        return consent is not None and consent.withdrawn_at is None

    @property
    def hidden(self) -> bool:
        """An offer whose consent was withdrawn meanwhile: nothing is shown any more, it can only be returned."""
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
        return next((step for step in reversed(self.history) if step.event.kind == "offered"), None)

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
    concerned = {report.office_id, report.fallback_office_id, handover.to_office_id if handover else None}
    mine = {office for mailbox, office in staff.mailboxes.items() if mailbox in granted}
    if staff.own in granted:
        mine |= {office for office in staff.belongs_to if office in concerned}
    if not mine:
        raise CannotOpen
    keys = Keyring({key: staff.keyring.keys[key] for key in {staff.own, *staff.mailboxes} & granted})
    box = privacy.open_with_keys(keys, report.box_id)
    staff_box = privacy.open_with_keys(keys, report.staff_box_id)
    standings = _standings(report, mine, handover)
    return Case(
        staff=staff,
        opened=dialogue.read(box),
        staff_box=staff_box,
        standings=standings,
        office_id=_acting_for(report, mine, handover, standings),
        offices=frozenset(mine),
        handover=handover,
        consents={consent.purpose: consent for consent in reports.consents(report.id)},
    )


def recused(staff_box: BoxKey) -> frozenset[str]:
    """The people who have recused themselves from a case: known to those who can open it, and to nobody else."""
    return frozenset(content.decode() for _label, content in privacy.take_all(staff_box, RECUSED).values())


def _standings(report: Report, mine: set[int], handover: Handover | None) -> frozenset[Standing]:
    offered = handover.to_office_id if handover else None
    found = set()
    if report.office_id in mine:
        found.add(Standing.LEAD)
    if offered in mine:
        found.add(Standing.OFFERED)
    if any(office == report.fallback_office_id or office != offered for office in mine - {report.office_id}):
        found.add(Standing.RESERVE)
    return frozenset(found)


def _acting_for(report: Report, mine: set[int], handover: Handover | None, standings: frozenset[Standing]) -> int:
    """The lead office where the person belongs to it, else the reserve desk, else the office asked."""
    if Standing.LEAD in standings and report.office_id is not None:
        return report.office_id
    offered = handover.to_office_id if handover else None
    return min(mine, key=lambda office: (office != report.fallback_office_id, office == offered, office))


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
