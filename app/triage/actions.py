"""Everything that can be done with a case on its page: the form, the verb, and what to say afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.core.codes import State
from app.directory import queries as directory
from app.triage import (
    assignment,
    consultation,
    forms,
    handover,
    recoding,
    recusal,
    related,
    reply_form,
    service,
    split_form,
    splitting,
    team_forms,
    work,
    work_forms,
)
from app.triage.case import Case
from app.triage.forms import CaseForm

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with a case: its form, its verb, and what to say when it is done."""

    form: type[CaseForm]
    verb: Callable[[Case, Any], object]
    done: LazyString


ACTIONS: Mapping[str, Action] = {
    "take": Action(forms.TakeForm, lambda case, _form: service.take_on(case), _l("Noted: you have seen what is new.")),
    "reply": Action(
        reply_form.ReplyForm,
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
    "todo": Action(
        work_forms.ToDoForm,
        lambda case, form: work.remember(case, form.text.data, form.due.data),
        _l("It was added to what is to be done."),
    ),
    "todo_done": Action(
        work_forms.ErrandForm, lambda case, form: work.tick_off(case, form.to_do_id), _l("It was marked as done.")
    ),
    "todo_again": Action(
        work_forms.ErrandForm,
        lambda case, form: work.take_up_again(case, form.to_do_id),
        _l("It stands among what is to be done again."),
    ),
    "labels": Action(
        work_forms.LabelsForm, lambda case, form: work.set_labels(case, form.keys.data), _l("The labels were kept.")
    ),
    "relate": Action(
        work_forms.OtherCaseForm,
        lambda case, form: related.relate(case, form.other.data),
        _l("The two cases are linked. Each goes on by itself."),
    ),
    "part": Action(
        work_forms.OtherCaseForm,
        lambda case, form: related.part(case, form.other.data),
        _l("The two cases are no longer linked."),
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
    "consult": Action(
        team_forms.ConsultForm,
        lambda case, form: consultation.ask(case, directory.organisations()[form.office.data], form.reason.data),
        _l("The other office was asked. You go on leading the case."),
    ),
    "consult_accept": Action(
        team_forms.JoinForm, lambda case, _form: consultation.accept(case), _l("Your office works along now.")
    ),
    "consult_return": Action(
        team_forms.DeclineForm,
        lambda case, form: consultation.give_back(case, form.reason.data),
        _l("The question was returned."),
    ),
    "consult_done": Action(
        team_forms.DoneForm,
        lambda case, form: consultation.finish(case, form.words.data),
        _l("Your part is done. The office that leads the case was told."),
    ),
    "consult_end": Action(
        team_forms.CallOffForm,
        lambda case, form: consultation.call_off(case, form.office_id),
        _l("The other office no longer works along."),
    ),
    "mine": Action(
        team_forms.TakeItForm,
        lambda case, _form: assignment.assign(case, case.staff.user_id),
        _l("You work on this case now."),
    ),
    "assign": Action(
        team_forms.AssignForm,
        lambda case, form: assignment.assign(case, form.user_id),
        _l("It was noted who works on it."),
    ),
    "recode": Action(
        team_forms.RecodeForm,
        lambda case, form: recoding.recode(case, form.facts, form.reason.data),
        _l("The facts were corrected, and it was decided anew where the case belongs."),
    ),
    "split": Action(
        split_form.SplitForm,
        lambda case, form: splitting.split(case, form.part, form.reason.data),
        _l("The second matter is a report of its own now. The office that is responsible for it was told."),
    ),
    "spam": Action(
        team_forms.ShortWayForm,
        lambda case, form: service.move(case, State.SPAM, form.reason.data),
        _l("The case was closed: not a report."),
    ),
    "abuse": Action(
        team_forms.ShortWayForm,
        lambda case, form: service.move(case, State.ABUSE, form.reason.data),
        _l("The case was closed: abusive."),
    ),
    "danger": Action(
        team_forms.ShortWayForm,
        lambda case, form: service.move(case, State.DANGER, form.reason.data),
        _l("The alarm was raised, and the other desks were told."),
    ),
}
"""By the value of the hidden field ``action``, which is the prefix of the form's fields as well."""
