"""An opened report as the holder of its receipt sees it: in plain words, without anything internal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Form as FormOfDiscrimination
from app.core.codes import Ground, Kind, Missing, Outcome, Purpose, Role, State, Target, Topic, Wish
from app.core.languages import in_language, listed
from app.directory import queries as directory
from app.places import queries as places
from app.plans.labels import told
from app.privacy import audit
from app.reports import dialogue, expectation, holdings, kept, queries, readers, wording
from app.reports.dialogue import MESSAGE, OpenedReport
from app.reports.domain import NOT_SETTLED, UNSEEN
from app.reports.models import Event, Report
from app.reports.moved import Moved, moved

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from app.routing.domain import Decision


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A step that cannot be taken back: what it changes, and where it is confirmed."""

    endpoint: str
    title: LazyString | str
    effects: tuple[LazyString | str, ...]
    button: LazyString | str


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline; ``text`` are words of one side."""

    at: datetime
    title: str
    text: str = ""
    from_office: bool = False


_OTHER_PARTS_STAY = _l("This concerns only the part that you see now. The others stay as they are.")

_WITHDRAW = Confirmation(
    "receipts.withdraw",
    _l("Take your report away?"),
    (
        _l("No office can read it any more, from this moment on."),
        _l("Nobody works on it any longer, and nobody can answer you."),
        _l("It is not counted in any number that is published from now on."),
        _l("You can still read it here with your receipt, or erase it. You cannot send it again from here."),
    ),
    _l("Take my report away"),
)

_ERASE = Confirmation(
    "receipts.erase",
    _l("Erase your report for good?"),
    (
        _l("What you wrote, your files, all messages and your receipt are destroyed. Nobody can bring them back."),
        _l("No office can read it any more, and nobody can answer you."),
        _l("All that remains is that there was a report, without place, topic or words."),
    ),
    _l("Erase my report"),
)

_ERASE_PART = Confirmation(
    "receipts.erase",
    _l("Erase this part of your report for good?"),
    (
        _l("What you wrote in this part, its files and its messages are destroyed. Nobody can bring them back."),
        *_ERASE.effects[1:],
        _OTHER_PARTS_STAY,
        _l("Your receipt still opens the others."),
    ),
    _l("Erase this part"),
)

_WITHDRAW_PART = Confirmation(
    "receipts.withdraw",
    _l("Take this part of your report away?"),
    (*_WITHDRAW.effects, _OTHER_PARTS_STAY),
    _l("Take this part away"),
)

TAKE_OVER = Confirmation(
    "receipts.exchange",
    _l("Take your report over?"),
    (
        _l("You get a new receipt. It is shown to you once, on the next page."),
        _l("The receipt that you have now opens nothing any more. Whoever has seen it can no longer read your report."),
        _l("Nothing else changes: the office goes on working, and everything that was written stays."),
    ),
    _l("Take it over and show my new receipt"),
)

EXCHANGE = Confirmation(
    "receipts.exchange", _l("Exchange your receipt?"), TAKE_OVER.effects, _l("Exchange it and show my new receipt")
)


def of_withdrawing(*, part: bool) -> Confirmation:
    """What taking a report away changes, or ``part`` of one that was split."""
    return _WITHDRAW_PART if part else _WITHDRAW


def of_erasing(*, part: bool) -> Confirmation:
    """What erasing a report changes, or ``part`` of one that was split."""
    return _ERASE_PART if part else _ERASE


def of_consent(purpose: Purpose) -> Confirmation:
    """What taking back a consent changes."""
    return Confirmation(
        "receipts.consent",
        _("Withdraw your consent?"),
        (_("You had agreed: “%(consent)s”.", consent=purpose.label), wording.WITHDRAWN_HINTS[purpose]),
        _("Withdraw my consent"),
    )


def of_sending(decision: Decision) -> Confirmation:
    """Who reads a kept report when it is sent now."""
    names = listed(in_language(reader.name).text for reader in readers.named(decision.readers))
    return Confirmation(
        "receipts.send_on",
        _("Send your report now?"),
        (_("It goes to these, and they can read it: %(offices)s.", offices=names), _("They work on it from then on.")),
        _("Send my report now"),
    )


def of_agreeing(purpose: Purpose) -> Confirmation:
    """What giving a consent later means."""
    return Confirmation(
        "receipts.agree",
        _("Give your consent?"),
        (
            _("You agree: “%(consent)s”.", consent=purpose.label),
            wording.GIVEN_HINTS[purpose],
            _("You can withdraw it here at any time."),
        ),
        _("I agree"),
    )


def in_force(report: Report) -> list[Purpose]:
    """The consents that were given and not withdrawn."""
    given = [consent for consent in queries.consents(report.id) if consent.withdrawn_at is None]
    return [purpose for purpose in Purpose if purpose in {consent.purpose for consent in given}]


def open_to(report: Report) -> list[Purpose]:
    """The consents that could be given now."""
    return [agreement.purpose for agreement in holdings.agreements(report) if agreement.may_give]


def shown(opened: OpenedReport) -> dict[str, Any]:
    """What the page of a report shows."""
    report = opened.report
    measures = moved(report)
    return {
        "number": report.number,
        "state": State(report.state),
        "state_text": wording.STATE_TEXTS[report.state],
        "expected": expectation.sentences(report),
        "outcome": Outcome(report.outcome) if report.outcome else None,
        "readers": readers.readers_of(report),
        "left_out": readers.left_out(opened.content),
        "kept": report.state == State.KEPT,
        "way": kept.decide(opened) if report.state == State.KEPT else None,
        "offices": directory.organisations(),
        "rows": _rows(opened),
        "files": len(opened.content.files),
        "moments": _moments(opened, measures),
        "measures": measures,
        "news": max((step.at for one in measures for step in one.steps), default=None),
        "told": told,
        "agreements": holdings.agreements(report),
        "dates": holdings.dates,
        "why": holdings.why(opened),
        "kept_for": holdings.keeping(holdings.stay(report)),
        "withdrawn": report.state == State.WITHDRAWN,
        "silent": report.state in UNSEEN,
        "awaited": report.state == State.WAITING,
        "settled": report.state in NOT_SETTLED,
        "written_by": _written_by(opened) if dialogue.waits_to_be_taken_over(opened) else None,
    }


def _rows(opened: OpenedReport) -> list[tuple[str, str | None]]:
    report, content, coded = opened.report, opened.content, opened.coded
    offices = directory.organisations()
    area = places.area_by_key(places.city().needs_level or "", content.area) if content.area else None
    place = [in_language(area.name).text if area else "", content.street, content.place_detail]
    if content.point:
        place.append(_("marked on the map"))
    involved = [in_language(offices[key].name).text for key in content.involved if key in offices]
    kept_out = [in_language(offices[key].name).text for key in content.excluded if key in offices]
    lists: list[tuple[str, list[str]]] = [
        (_("What it is"), [str(Kind(report.kind).label)]),
        (_("Your part in it"), [str(Role(report.role).label)] if report.role else []),
        (_("Area of life"), [str(Topic(coded.topic).label)] if coded.topic else []),
        (_("What it had to do with"), [str(Ground(key).label) for key in coded.grounds]),
        (_("How it showed"), [str(FormOfDiscrimination(key).label) for key in coded.forms]),
        (_("What is missing"), [str(Missing(key).label) for key in coded.missing]),
        (_("For whom"), [str(Target(key).label) for key in coded.targets]),
        (_("Place"), place),
        (_("Time"), [wording.month_label(content.month)] if content.month else []),
        (_("Involved"), [*involved, content.involved_person]),
        (_("Should not read it"), kept_out),
        (_("Your wish"), [str(Wish(report.wish).label)]),
        (_("Your contact"), [content.contact]),
        (_("Your words"), [content.text]),
    ]
    return [(label, "\n".join(filter(None, said)) or None) for label, said in lists]


def _moments(opened: OpenedReport, measures: Sequence[Moved]) -> list[Moment]:
    """The timeline, newest first: what concerns the reporter, nothing of the office's own notes."""
    held = {(message.at, message.office_id): message for message in opened.messages}
    found = []
    for event in opened.events:
        if event.kind == MESSAGE:
            message = held.get((event.at, event.office_id))
            if message:
                found.append(Moment(event.at, _writer(event), message.text, message.from_office))
            continue
        title = _title(event)
        if title:
            found.append(Moment(event.at, title))
    found += [
        Moment(opening.at, str(_("%(office)s opened your report", office=_office(opening.office_id))))
        for opening in audit.openings(opened.report.number)
    ]
    found += [news for one in measures for news in _news(one)]
    return sorted(found, key=lambda moment: moment.at)[::-1]


def _news(one: Moved) -> Iterator[Moment]:
    """One line for each publication that told something new of a measure."""
    title = str(_("News about the measure “%(name)s”", name=in_language(one.card.name).text))
    for at, steps in groupby(one.steps, key=lambda step: step.at):
        words = [line for step in steps for line in (told(step), in_language(step.reason).text) if line]
        yield Moment(at, title, "\n".join(words))


def _written_by(opened: OpenedReport) -> str:
    """Who wrote a report down for its reporter."""
    received = next((event for event in opened.events if event.kind == "received"), None)
    return _office(received.office_id if received else None)


def _writer(event: Event) -> str:
    return str(_("%(office)s wrote", office=_office(event.office_id)) if event.actor == "office" else _("You wrote"))


def _title(event: Event) -> str | None:
    """What happened, in words; None for what is the office's own business."""
    titles: dict[str, Callable[[], object]] = {
        "received": lambda: (
            _("%(office)s wrote your report down for you, and it arrived", office=_office(event.office_id))
            if event.office_id is not None
            else _("Your report arrived")
        ),
        "split": lambda: _(
            "%(office)s made a report of its own out of a part of your report", office=_office(event.office_id)
        ),
        "split_off": lambda: _(
            "%(office)s split this part off your first report, so that it is worked on by itself",
            office=_office(event.office_id),
        ),
        "reopened": lambda: _("You wrote again, so your report is being worked on again"),
        "taken_over": lambda: _("You took your report over and got a new receipt"),
        "receipt_exchanged": lambda: _("You exchanged your receipt for a new one"),
        "state": lambda: State(event.state or "").label,
        "corrected": lambda: _("You corrected your report"),
        "consent_given": lambda: _("You agreed: “%(consent)s”", consent=Purpose(event.reason or "").label),
        "consent_withdrawn": lambda: _(
            "You withdrew your consent: “%(consent)s”", consent=Purpose(event.reason or "").label
        ),
        "offered": lambda: _(
            "%(office)s was asked to take over your report and can read it too", office=_named(event.reason)
        ),
        "escalated": lambda: _told_of_delay(event.reason),
        "reassigned": lambda: _(
            "The coordination asks that %(office)s takes over your report; nothing has been handed over yet",
            office=_named(event.reason),
        ),
        "reassignment_cancelled": lambda: _("The coordination no longer asks for a handover"),
        "reassignment_refused": lambda: _("The handover that the coordination asked for was not carried out"),
        "accepted": lambda: _("%(office)s took over your report", office=_office(event.office_id)),
        "acceptance_undone": lambda: _(
            "%(office)s gave your report back, and is asked to take it over again", office=_office(event.office_id)
        ),
        "consulted": lambda: _(
            "%(office)s was asked to help with your report and can read it too", office=_named(event.reason)
        ),
        "consultation_accepted": lambda: _("%(office)s helps with your report", office=_office(event.office_id)),
        "consultation_returned": lambda: _(
            "%(office)s does not help with your report and can no longer read it", office=_office(event.office_id)
        ),
        "consultation_done": lambda: _(
            "%(office)s has done its part and can no longer read your report", office=_office(event.office_id)
        ),
        "consultation_ended": lambda: _(
            "%(office)s is no longer asked to help and can no longer read your report", office=_office(event.office_id)
        ),
        "sharing_ended": lambda: _("%(office)s can no longer read your report", office=_office(event.office_id)),
        "assigned": lambda: _("Somebody at %(office)s works on your report", office=_office(event.office_id)),
        "recoded": lambda: _recoded(event),
        "returned": lambda: _(
            "%(office)s did not take over your report and can no longer read it", office=_office(event.office_id)
        ),
    }
    return str(titles[event.kind]()) if event.kind in titles else None


def _told_of_delay(whom: str | None) -> str:
    if whom == "coordination":
        return str(
            _("It takes longer than usual. The coordination of the offices has been told; it cannot read your words")
        )
    return str(_("It takes longer than usual. The office has been reminded of your report"))


def _recoded(event: Event) -> str:
    if event.reason == "not_agreed":
        return str(
            _(
                "The office corrected the facts of your report. Another office would be responsible now. It only gets "
                "your report if you agree to that."
            )
        )
    return str(_("The office corrected the facts of your report"))


def _named(key: str | None) -> str:
    card = directory.organisations().get(key or "")
    return in_language(card.name).text if card else _the_office()


def _office(office_id: int | None) -> str:
    card = directory.organisation_by_id(office_id) if office_id is not None else None
    return in_language(card.name).text if card else _the_office()


def _the_office() -> str:
    return str(_("The office"))
