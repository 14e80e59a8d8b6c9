"""A report to take along: everything that is held about it, for machines (JSON) and for people (PDF).

The format is described in ``docs/report-copy.md``; a change that is not an addition raises ``VERSION``. The receipt is
not in it: whoever finds the copy cannot open the report.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typst
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.core.clock import now
from app.core.languages import in_language
from app.core.settings import REPOSITORY
from app.directory import queries as directory
from app.places import queries as places
from app.plans import queries as plans
from app.reports import case, dialogue, holdings, queries, readers
from app.reports.card import fonts

if TYPE_CHECKING:
    from app.core.languages import Language
    from app.reports.dialogue import OpenedReport

FORMAT = "teilhabekarte.report"
VERSION = 1
LAYOUT = REPOSITORY / "templates/receipts/copy.typ"

OWN_BUSINESS = frozenset(
    {
        *("note", "read", "linked", "unlinked", "taken_back", "unassigned", "labelled", "unlabelled"),
        *("todo", "todo_done", "todo_again", "related", "unrelated"),
    }
)
"""Events that concern the office's work only. Its notes are sealed in a box that the receipt does not open."""


# For machines --------------------------------------------------------------------------------------------------------


def as_json(opened: OpenedReport) -> bytes:
    """Everything, as UTF-8 JSON: codes as they are kept, names of the content in every language it has."""
    return json.dumps(_everything(opened), ensure_ascii=False, indent=2).encode()


def _everything(opened: OpenedReport) -> dict[str, Any]:
    report, content = opened.report, opened.content
    stay = holdings.stay(report)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": _moment(now()),
        "number": report.number,
        "received_at": _moment(report.received_at),
        "changed_at": _moment(report.changed_at),
        "state": report.state,
        "outcome": report.outcome,
        "facts": {
            "kind": report.kind,
            "role": report.role,
            "topic": opened.coded.topic,
            "grounds": opened.coded.grounds,
            "forms": opened.coded.forms,
            "missing": opened.coded.missing,
            "targets": opened.coded.targets,
            "wish": report.wish,
            "where": report.where,
            "language": report.language,
            "channel": report.channel,
            "subject": opened.coded.subject,
            "area": _area(report.area_id),
            "coarse_area": _area(report.coarse_area_id),
            "quarter": report.quarter,
            "some_office_must_not_read": report.restricted,
        },
        "sealed": {
            "text": content.text,
            "contact": content.contact,
            "area": content.area,
            "street": content.street,
            "point": content.point,
            "place_detail": content.place_detail,
            "month": content.month,
            "involved": _organisations(content.involved),
            "involved_person": content.involved_person,
            "must_not_read": _organisations(content.excluded),
            "left_out": _organisations(content.left_out),
        },
        "files": [_file(opened, position) for position in range(len(content.files))],
        "messages": [
            {
                "at": _moment(message.at),
                "from": "office" if message.from_office else "reporter",
                "office": _organisation(message.office_id),
                "text": message.text,
            }
            for message in opened.messages
        ],
        "history": [
            {
                "at": _moment(event.at),
                "event": event.kind,
                "by": event.actor,
                "office": _organisation(event.office_id),
                "state": event.state,
                "code": event.reason,
            }
            for event in opened.events
            if event.kind not in OWN_BUSINESS
        ],
        "consents": [
            {
                "purpose": consent.purpose,
                "given_at": _moment(consent.given_at),
                "withdrawn_at": _moment(consent.withdrawn_at),
            }
            for consent in queries.consents(report.id)
        ],
        "decision": _decision(opened),
        "readers": [{"key": reader.key, "name": dict(reader.name)} for reader in readers.readers_of(report)],
        "measures": [card.key for card in plans.measures() if card.id in queries.measure_ids(report.id)],
        "kept": {
            "months_after_closing": stay.months,
            "until": stay.until.isoformat() if stay.until else None,
            "backup_days": stay.backup_days,
        },
    }


def _decision(opened: OpenedReport) -> dict[str, Any] | None:
    why = holdings.why(opened)
    if why is None:
        return None
    return {
        "at": _moment(why.decided_at),
        "office": dict(why.office),
        "rule": why.rule,
        "reason": dict(why.reason) if why.reason else None,
        "rules_version": why.version,
    }


def _file(opened: OpenedReport, position: int) -> dict[str, Any]:
    media_type, content = dialogue.file_of(opened, position)
    return {
        "name": file_name(position, media_type),
        "media_type": media_type,
        "bytes": len(content),
        "base64": b64encode(content).decode(),
    }


def file_name(position: int, media_type: str) -> str:
    """What a file is called when it leaves, by its position counted from 0: its own name was never kept."""
    return f"{position + 1}.{media_type.rpartition('/')[2]}"


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _area(identity: int | None) -> dict[str, Any] | None:
    card = places.area_by_id(identity) if identity is not None else None
    return {"level": card.level, "key": card.key, "name": dict(card.name)} if card else None


def _organisation(identity: int | None) -> dict[str, Any] | None:
    card = directory.organisation_by_id(identity) if identity is not None else None
    return {"key": card.key, "name": dict(card.name)} if card else None


def _organisations(keys: Iterable[str]) -> list[dict[str, Any]]:
    cards = directory.organisations()
    return [{"key": key, "name": dict(cards[key].name)} for key in keys if key in cards]


# For people ----------------------------------------------------------------------------------------------------------


def as_pdf(opened: OpenedReport, language: Language) -> bytes:
    """Everything but the files, as PDF/UA in the page's language.

    A sign that no installed font has may not stand in an accessible PDF. Emoji are replaced; for a whole script without
    a font the PDF is an ordinary one. Either way it says so.
    """
    page = _page(opened)
    try:
        return _compiled(page, language)
    except typst.TypstError:
        page["careful"] = f"{page['careful']} {_('Some signs could not be printed. The copy for computers has them.')}"
    try:
        return _compiled(_without_pictures(page), language)
    except typst.TypstError:
        return _compiled(page, language, accessible=False)


def _compiled(page: dict[str, Any], language: Language, *, accessible: bool = True) -> bytes:
    made: bytes = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "language": language.formal,
            "direction": language.direction,
            "page": json.dumps(page, ensure_ascii=False),
        },
        pdf_standards="ua-1" if accessible else [],
    )
    return made


def _page(opened: OpenedReport) -> dict[str, Any]:
    report, shown = opened.report, case.shown(opened)
    return {
        "title": _("Your report"),
        "number": report.number,
        "made": _("This copy was made on %(moment)s.", moment=format_datetime(now(), "long")),
        "careful": _("Whoever has this copy can read what you reported. Keep it where nobody else looks."),
        "sections": [
            {"title": _("How it stands"), "paragraphs": [str(shown["state"].label), str(shown["state_text"])]},
            {"title": _("Who can read it"), "paragraphs": _readers(opened)},
            {"title": _("What you reported"), "rows": [_said(label, text) for label, text in shown["rows"] if text]},
            {"title": _("What was written and done"), "moments": [_told(moment) for moment in shown["moments"][::-1]]},
            {"title": _("What you agreed to"), "rows": [_agreement(one) for one in shown["agreements"]]},
            {"title": _("Why it went there"), "paragraphs": _why(opened)},
            {"title": _("Your files"), "paragraphs": _files(opened)},
            {"title": _("How long it is kept"), "paragraphs": holdings.keeping(holdings.stay(report))},
        ],
    }


def _said(label: str, text: str) -> dict[str, str]:
    return {"label": str(label), "text": str(text), "direction": direction_of(str(text))}


def _told(moment: case.Moment) -> dict[str, str]:
    return {
        "title": moment.title,
        "at": format_datetime(moment.at, "medium"),
        "text": moment.text,
        "direction": direction_of(moment.text),
    }


def _readers(opened: OpenedReport) -> list[str]:
    names = [in_language(reader.name).text for reader in readers.readers_of(opened.report)]
    return names or [_("Nobody but you.")]


def _agreement(one: holdings.Agreement) -> dict[str, str]:
    return _said(str(one.purpose.label), holdings.dates(one))


def _why(opened: OpenedReport) -> list[str]:
    why = holdings.why(opened)
    if why is None:
        return [_("It went to nobody.")]
    went = _("Your report went to %(office)s.", office=in_language(why.office).text)
    return [went, in_language(why.reason).text] if why.reason else [went]


def _files(opened: OpenedReport) -> list[str]:
    names = [file_name(position, media_type) for position, (_id, media_type) in enumerate(opened.content.files)]
    if not names:
        return [_("You sent none.")]
    # A name reads from left to right in every language.
    names = [f"\u2066{name}\u2069" for name in names]
    return [*names, _("The files themselves are in the copy for computers (JSON), and on the page of your report.")]


def direction_of(text: str) -> str:
    """The direction of a text as its first letter has it; typed words need not be in the page's language."""
    for sign in text:
        way = unicodedata.bidirectional(sign)
        if way in {"L", "R", "AL"}:
            return "ltr" if way == "L" else "rtl"
    return "ltr"


def _without_pictures(page: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(page, str):
        return "".join("\ufffd" if _is_picture(sign) else sign for sign in page)
    if isinstance(page, list):
        return [_without_pictures(member) for member in page]
    return {key: _without_pictures(member) for key, member in page.items()} if isinstance(page, dict) else page


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in {"So", "Cn", "Co", "Cs"} or sign in "\u200d\ufe0f\u20e3"
