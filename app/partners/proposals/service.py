"""From a partner's proposal to a measure in the draft of the plans, or to an answer why not."""

from __future__ import annotations

from dataclasses import asdict

from app.accounts import queries as accounts
from app.accounts.domain import permissions_of
from app.accounts.models import User
from app.core.clock import now
from app.core.codes import MeasureState
from app.core.database import db
from app.core.permissions import Permission
from app.core.texts import new_key
from app.directory import queries as directory
from app.notifications import service as notifications
from app.partners import mails
from app.partners.models import Proposal
from app.partners.proposals import queries
from app.partners.proposals.domain import Acceptance, NotOpen, ProposalEntry, State
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Measure
from app.plans.domain import UnknownEdition
from app.privacy import audit


def propose(user: User, entry: ProposalEntry) -> int:
    """Propose a measure to the city; gives its number. Everybody who edits plans is told."""
    row = Proposal(
        organisation_id=entry.organisation_id,
        user_id=user.id,
        name=entry.name,
        summary=entry.summary,
        areas=list(entry.areas),
        topics=list(entry.topics),
        targets=list(entry.targets),
        from_year=entry.from_year,
        to_year=entry.to_year,
        need=None if entry.need is None else asdict(entry.need),
    )
    db.session.add(row)
    db.session.flush()
    planners = [one.id for one in accounts.users() if one.active and _may(one, Permission.EDIT_PLANS)]
    notifications.tell_people("proposed", planners, None)
    return row.id


def withdraw(identity: int) -> None:
    """A partner takes a proposal back.

    Raises:
        NotOpen: it has been answered or withdrawn already.
    """
    row = _open(identity)
    row.state, row.answered_at = State.WITHDRAWN, now()
    db.session.flush()


def accept(actor: User, identity: int, how: Acceptance) -> str:
    """Make a proposal a measure in the draft of the edition in force; gives the key of the measure.

    Raises:
        NotOpen: it has been answered or withdrawn already.
        NotPossible: a version of the edition waits for a second person.
        UnknownEdition: no edition is in force.
    """
    row = _open(identity)
    edition = plans.edition_in_force()
    if edition is None:
        raise UnknownEdition("")
    by = str(actor.principal_id)
    measure = _measure(row, how)
    editions.put_measure(editions.draft_of(edition.key, by), measure, by, how.reason)
    row.measure = measure.key
    _answer(actor, row, State.ACCEPTED, how.reason)
    return measure.key


def decline(actor: User, identity: int, reason: str) -> None:
    """Say no to a proposal, with a reason.

    Raises:
        NotOpen: it has been answered or withdrawn already.
    """
    _answer(actor, _open(identity), State.DECLINED, reason)


def _measure(row: Proposal, how: Acceptance) -> Measure:
    known = {field.key: field.plan for field in plans.fields()}
    organisation = directory.organisation_by_id(row.organisation_id)
    return Measure.model_validate(
        {
            "key": new_key(str(row.name), "measure"),
            "name": row.name,
            "summary": row.summary,
            "example": False,
            "state": MeasureState.PLANNED,
            "plans": list(dict.fromkeys(known[key] for key in how.fields)),
            "fields": how.fields,
            "topics": row.topics,
            "targets": row.targets,
            "areas": row.areas,
            "office": how.office,
            "partners": [] if organisation is None else [organisation.key],
            "from": row.from_year,
            "to": row.to_year,
            "source": None,
        }
    )


def _open(identity: int) -> Proposal:
    row = queries.row_to_answer(identity)
    if row.state != State.OPEN:
        raise NotOpen(row.state)
    return row


def _answer(actor: User, row: Proposal, state: State, reason: str) -> None:
    row.state, row.answer = state, reason
    row.answered_at, row.answered_by = now(), str(actor.principal_id)
    db.session.flush()
    audit.note(f"proposal_{state}", actor=str(actor.principal_id))
    notifications.tell_people("proposal_answered", _proposers(row), None)


def _proposers(row: Proposal) -> list[int]:
    """Who proposed it; if they have left, everybody at the organisation's partner desk."""
    desk = [
        user.id
        for user in mails.partners()
        if any(one.organisation_id == row.organisation_id for one in user.memberships)
    ]
    return [row.user_id] if row.user_id is not None and row.user_id in desk else desk


def _may(user: User, permission: Permission) -> bool:
    return permission in permissions_of(role.name for role in user.roles)
