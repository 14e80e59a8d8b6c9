"""Every select on proposals."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, case, select

from app.core.database import db
from app.partners.models import Proposal
from app.partners.proposals.domain import Answered, ProposalCard, ProposalEntry, State


def of_organisations(organisation_ids: Collection[int]) -> tuple[ProposalCard, ...]:
    """The proposals of organisations, the newest first."""
    return _cards(
        select(Proposal)
        .where(Proposal.organisation_id.in_(organisation_ids))
        .order_by(Proposal.made_at.desc(), Proposal.id.desc())
    )


def every() -> tuple[ProposalCard, ...]:
    """All proposals that were not withdrawn: those that wait for an answer first, the oldest of them at the top."""
    waits = case((Proposal.state == State.OPEN, 0), else_=1)
    return _cards(
        select(Proposal)
        .where(Proposal.state != State.WITHDRAWN)
        .order_by(waits, case((Proposal.state == State.OPEN, Proposal.id), else_=-Proposal.id))
    )


def proposal(identity: int) -> ProposalCard | None:
    """One proposal."""
    row = db.session.get(Proposal, identity)
    return None if row is None else _card(row)


def row_to_answer(identity: int) -> Proposal:
    """The proposal to be answered or withdrawn; whoever wants to do so at the same moment waits."""
    return db.session.get_one(Proposal, identity, with_for_update=True, populate_existing=True)


def _cards(wanted: Select[Proposal]) -> tuple[ProposalCard, ...]:
    return tuple(_card(row) for row in db.session.scalars(wanted))


def _card(row: Proposal) -> ProposalCard:
    return ProposalCard(
        id=row.id,
        entry=ProposalEntry(
            organisation_id=row.organisation_id,
            name=row.name,
            summary=row.summary,
            areas=tuple(row.areas),
            topics=tuple(row.topics),
            targets=tuple(row.targets),
            from_year=row.from_year,
            to_year=row.to_year,
            need=None if row.need is None else Answered(**row.need),
        ),
        state=State(row.state),
        made_at=row.made_at,
        answered_at=row.answered_at,
        answer=row.answer,
        measure=row.measure,
    )
