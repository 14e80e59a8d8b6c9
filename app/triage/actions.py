"""Everything that can be done with a case on its page: the form, the verb, and what to say afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.directory import queries as directory
from app.triage import forms, handover, recusal, service
from app.triage.case import Case
from app.triage.forms import CaseForm

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with a case: its form, its verb, and what to say when it is done."""

    form: type[CaseForm]
    verb: Callable[[Case, Any], None]
    done: LazyString


ACTIONS: Mapping[str, Action] = {
    "take": Action(forms.TakeForm, lambda case, _form: service.take_on(case), _l("Noted: you have seen what is new.")),
    "reply": Action(
        forms.ReplyForm,
        lambda case, form: service.reply(case, form.text.data, question=form.question),
        _l("Your message was sent. The person reads it with their receipt."),
    ),
    "note": Action(forms.NoteForm, lambda case, form: service.note(case, form.text.data), _l("Your note was kept.")),
    "move": Action(
        forms.MoveForm,
        lambda case, form: service.move(case, form.target, form.reason.data or ""),
        _l("The case was moved."),
    ),
    "close": Action(
        forms.CloseForm,
        lambda case, form: service.close(case, form.result, form.words.data or ""),
        _l("The case was closed."),
    ),
    "link": Action(forms.LinkForm, lambda case, form: service.link(case, form.card), _l("The measure was linked.")),
    "unlink": Action(
        forms.UnlinkForm, lambda case, form: service.unlink(case, form.card), _l("The measure is no longer linked.")
    ),
    "offer": Action(
        forms.OfferForm,
        lambda case, form: handover.offer(case, directory.organisations()[form.office.data], form.reason.data),
        _l("The case was offered. You keep it until the other office accepts."),
    ),
    "accept": Action(
        forms.AcceptForm, lambda case, _form: handover.accept(case), _l("Your office leads this case now.")
    ),
    "return": Action(
        forms.ReturnForm,
        lambda case, form: handover.give_back(case, form.reason.data),
        _l("The case was returned."),
    ),
    "recuse": Action(
        forms.RecuseForm,
        lambda case, form: recusal.recuse(case, form.reason.data),
        _l("You have left this case to your colleagues. It no longer exists for you."),
    ),
    "take_back": Action(
        forms.TakeBackForm, lambda case, _form: handover.take_back(case), _l("The offer was taken back.")
    ),
}
"""By the value of the hidden field ``action``, which is the prefix of the form's fields as well."""
