"""A part of a report that becomes a report of its own: filed like every report, and opened by the receipt of the first.

Whoever files it puts its box to the receipt, which they neither need nor learn. From then on the two are apart: each
has its own offices, messages, consents, deadlines and end.
"""

from __future__ import annotations

from collections.abc import Collection

from app.core.database import write, write_one
from app.privacy import receipts
from app.privacy import service as privacy
from app.privacy.domain import BoxKey
from app.reports import queries, service
from app.reports.dialogue import OpenedReport
from app.reports.domain import ReportDraft
from app.reports.models import Consent, Event, Report
from app.routing.domain import Decision


def can_be_split(opened: OpenedReport) -> bool:
    """Whether the receipt of a report can open a further one: those that are older than this cannot."""
    return receipts.takes_further_boxes(opened.box.box_id)


def file(
    opened: OpenedReport, draft: ReportDraft, decision: Decision, mailboxes: Collection[str], office_id: int
) -> tuple[Report, BoxKey]:
    """File a part of an open report where a decision says; gives it, and the offices' box for it.

    ``mailboxes`` are the principals that can open it, ``office_id`` is the office that splits. The consents are those
    of the first report, with the days on which they were given and withdrawn. The draft's nonce makes no receipt.

    Raises:
        CannotOpen: the receipt of the first report cannot open a further one.
    """
    first = opened.report
    box, staff_box = privacy.make_boxes(mailboxes, None, None)
    receipts.enclose(opened.box.box_id, box)
    service.seal(box, draft, decision)
    facts = service.clear_facts(draft, decision, box, staff_box) | {"channel": first.channel}
    report_id = write_one(Report, facts)
    write(
        Consent,
        *(
            {
                "report_id": report_id,
                "purpose": consent.purpose,
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent in queries.consents(first.id)
        ),
    )
    service.note_decision(report_id, decision, facts["office_id"], restricted=draft.restricted)
    # Which office has split it off is told to those alone who can open the first report, too.
    write(
        Event,
        {"report_id": report_id, "kind": "received", "actor": "office", "office_id": None, "state": facts["state"]}
        | {"reason": None},
        {"report_id": report_id, "kind": "split_off", "actor": "office", "office_id": office_id, "state": None}
        | {"reason": first.number},
    )
    service.link_measures(report_id, draft, decision)
    [report] = queries.by_boxes([box.box_id])
    return report, staff_box
