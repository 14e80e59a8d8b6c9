"""The pages of what the city chooses: each shows what holds, what the operator has set, and who changed it last."""

from __future__ import annotations

from datetime import date, timedelta
from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.administration import queries, service
from app.administration.choice_forms import (
    ClosedDayForm,
    DeadlinesForm,
    LanguagesForm,
    OpenDayForm,
    RetentionForm,
    ThresholdForm,
)
from app.administration.service import DayTaken
from app.administration.views import bp
from app.core import choices
from app.core import languages as known_languages
from app.core.clock import today
from app.core.codes import Kind
from app.core.database import commits
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.core.permissions import Permission, requires
from app.core.workdays import public_holidays
from app.places import queries as places
from app.reports import deadlines as report_deadlines
from app.reports import retention as report_retention

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.core.settings import Settings

HOLIDAYS_AHEAD = timedelta(days=366)


# How long reports are kept -------------------------------------------------------------------------------------------


@bp.get("/retention")
@requires(Permission.ADMINISTER)
def retention() -> str:
    """For how many months closed reports are kept."""
    return _retention(RetentionForm.showing(report_retention.months()))


@bp.post("/retention")
@requires(Permission.ADMINISTER)
@commits
def choose_retention() -> ResponseReturnValue:
    """Choose the months; where reports would go that could stay until now, ask first."""
    form, default = RetentionForm(sent=True), dict(_settings().retention_months)
    valid = form.validate()
    if _back_to_default() and not form.csrf_token.errors:
        wanted = default
    elif valid:
        wanted = form.months()
    else:
        return _retention(form), UNPROCESSABLE_ENTITY
    sooner = service.goes_sooner(wanted)
    if sooner and "confirmed" not in request.form:
        confirm = RetentionForm.showing(wanted)
        return render_template("administration/retention_confirm.html", form=confirm, sooner=sooner, kinds=Kind)
    service.choose_retention(current_user, None if wanted == default else wanted)
    return _chosen("administration.retention")


def _retention(form: RetentionForm) -> str:
    default = _settings().retention_months
    rows = [(form[f"months_{kind}"], kind, default[kind]) for kind in Kind]
    return _page("retention", form, report_retention.CHOICE, rows=rows)


# What is published ---------------------------------------------------------------------------------------------------


@bp.get("/threshold")
@requires(Permission.ADMINISTER)
def threshold() -> str:
    """The smallest number that is published."""
    return _threshold(ThresholdForm(sent=False, least=choices.disclosure_threshold()))


@bp.post("/threshold")
@requires(Permission.ADMINISTER)
@commits
def choose_threshold() -> ResponseReturnValue:
    """Choose the threshold."""
    form = ThresholdForm(sent=True)
    if form.validate() or (_back_to_default() and not form.csrf_token.errors):
        wanted = None if _back_to_default() else form.least.data
        service.choose_threshold(current_user, None if wanted == _settings().disclosure_threshold else wanted)
        return _chosen("administration.threshold")
    return _threshold(form), UNPROCESSABLE_ENTITY


def _threshold(form: ThresholdForm) -> str:
    return _page("threshold", form, choices.THRESHOLD, default=_settings().disclosure_threshold)


# Languages -----------------------------------------------------------------------------------------------------------


@bp.get("/languages")
@requires(Permission.ADMINISTER)
def languages() -> str:
    """The languages offered to residents."""
    codes = [one.code for one in known_languages.offered() if one.code != DEFAULT]
    return _languages(LanguagesForm(sent=False, codes=codes))


@bp.post("/languages")
@requires(Permission.ADMINISTER)
@commits
def choose_languages() -> ResponseReturnValue:
    """Choose the languages."""
    form = LanguagesForm(sent=True)
    if form.validate() or (_back_to_default() and not form.csrf_token.errors):
        wanted = set(LANGUAGES) if _back_to_default() else {DEFAULT, *form.codes.data}
        service.choose_languages(current_user, None if wanted == set(LANGUAGES) else wanted)
        return _chosen("administration.languages")
    return _languages(form), UNPROCESSABLE_ENTITY


def _languages(form: LanguagesForm) -> str:
    return _page("languages", form, known_languages.CHOICE, default=[known.name for known in LANGUAGES.values()])


# Deadlines -----------------------------------------------------------------------------------------------------------


@bp.get("/deadlines")
@requires(Permission.ADMINISTER)
def deadlines() -> str:
    """In how many working days reports are answered and concluded."""
    return _deadlines(DeadlinesForm.showing(report_deadlines.table()))


@bp.post("/deadlines")
@requires(Permission.ADMINISTER)
@commits
def choose_deadlines() -> ResponseReturnValue:
    """Choose the deadlines."""
    form = DeadlinesForm(sent=True)
    if form.validate() or (_back_to_default() and not form.csrf_token.errors):
        wanted = dict(report_deadlines.DEFAULTS) if _back_to_default() else form.days()
        service.choose_deadlines(current_user, None if wanted == report_deadlines.DEFAULTS else wanted)
        return _chosen("administration.deadlines")
    return _deadlines(form), UNPROCESSABLE_ENTITY


def _deadlines(form: DeadlinesForm) -> str:
    rows = [
        (kind, form[f"answer_{kind}"], form[f"conclusion_{kind}"], report_deadlines.DEFAULTS[kind]) for kind in Kind
    ]
    return _page("deadlines", form, report_deadlines.CHOICE, rows=rows)


# Closed days ---------------------------------------------------------------------------------------------------------


@bp.get("/closed-days")
@requires(Permission.ADMINISTER)
def closed_days() -> str:
    """The public holidays ahead, and the city's own closed days."""
    return _closed_days(ClosedDayForm(sent=False))


@bp.post("/closed-days")
@requires(Permission.ADMINISTER)
@commits
def close_day() -> ResponseReturnValue:
    """Add a closed day."""
    form = ClosedDayForm(sent=True)
    if form.validate():
        try:
            service.close_day(current_user, form.closed(), form.name())
        except DayTaken:
            form.day.errors = [_("This day is on the list already.")]
        else:
            flash(_("“%(name)s” is on the list of closed days.", name=in_language(form.name()).text), "success")
            return redirect(url_for("administration.closed_days"), SEE_OTHER)
    return _closed_days(form), UNPROCESSABLE_ENTITY


@bp.post("/closed-days/open")
@requires(Permission.ADMINISTER)
@commits
def open_day() -> ResponseReturnValue:
    """Take a closed day back."""
    form = OpenDayForm()
    day = form.day.data if form.validate() else None
    name = service.open_day(current_user, day) if day else None
    if name is not None:
        flash(_("“%(name)s” is a working day again.", name=in_language(name).text), "success")
    return redirect(url_for("administration.closed_days"), SEE_OTHER)


def _closed_days(form: ClosedDayForm) -> str:
    subdivision = places.city().subdivision
    return _page(
        "closed_days",
        form,
        service.CLOSED_DAYS,
        days=queries.closed_days(),
        holidays=_holidays_ahead(subdivision),
        subdivision=subdivision,
        open_day=OpenDayForm(formdata=None),
    )


def _holidays_ahead(subdivision: str | None) -> list[tuple[date, str]]:
    known, first = public_holidays(subdivision), today()
    days = (first + timedelta(days=number) for number in range(HOLIDAYS_AHEAD.days))
    return [(day, known[day]) for day in days if day in known]


# For all of them -----------------------------------------------------------------------------------------------------


def _page(name: str, form: Any, choice: str, **values: Any) -> str:  # noqa: ANN401
    changed = queries.last_change(service.about_choice(choice))
    return render_template(f"administration/{name}.html", form=form, changed=changed, **values)


def _back_to_default() -> bool:
    return "default" in request.form


def _chosen(endpoint: str) -> ResponseReturnValue:
    flash(_("The choice holds from now on."), "success")
    return redirect(url_for(endpoint), SEE_OTHER)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
