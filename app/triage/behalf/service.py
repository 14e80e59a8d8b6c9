"""Writing a report down for somebody who came to the counter, telephoned, or sat in counselling.

Whoever writes it down sees its receipt once. So the report says who that was, and its reporter is asked to
take it over.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.models import User
from app.core.codes import Channel
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import audit
from app.reports import service as reports
from app.reports.domain import Filing, ReportDraft, Sent


def desks_of(user: User) -> Sequence[OrganisationCard]:
    """The organisations that somebody can write a report down for, in the order of the directory."""
    mine = {membership.organisation_id for membership in user.memberships}
    return [card for card in directory.organisations().values() if card.id in mine]


def file(draft: ReportDraft, channel: Channel, user: User, desk: OrganisationCard) -> Sent:
    """Take a report that somebody at a desk wrote down. The same form sent twice makes one report.

    Whether that desk may read it is decided by the rules, as for every report.

    Raises:
        Erased: it had arrived and was erased since.
        Exchanged: it had arrived, and the person has taken it over since.
    """
    sent = reports.submit(draft, Filing(channel, "partner" if desk.kind == "independent" else "office", desk.id))
    if not sent.repeated:
        audit.note("filed_on_behalf", actor=user.principal_id, subject=sent.number, office_id=desk.id)
    return sent
