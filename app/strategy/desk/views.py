"""The room where reports are drafted: begin, write, look, hand in; a second person issues. Withdraw with a reason."""

from __future__ import annotations

import hashlib
import json
from http.client import CONFLICT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    abort,
    after_this_request,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.accounts import queries as accounts
from app.core.clock import today
from app.core.database import commits
from app.core.languages import LANGUAGES as SPOKEN
from app.core.languages import speaking
from app.core.permissions import Permission, requires
from app.core.texts import Localized
from app.core.wordings import field_name
from app.plans import queries as plans
from app.privacy import audit
from app.strategy import queries, service
from app.strategy.cli import file_name
from app.strategy.desk import labels
from app.strategy.desk.forms import NewReportForm, StepForm, TextForm, WithdrawForm
from app.strategy.domain import LANGUAGES, Format, NotPossible, ReportCard, SamePerson, State, Unknown, places
from app.strategy.models import Report
from app.strategy.printing import body_of, printed
from app.strategy.views import download
from app.strategy.writing import paper, said_months

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

bp = Blueprint("drafting", __name__, url_prefix="/<lang:lang>/desk/strategy")

REFRESH_SECONDS = 3


@bp.context_processor
def words() -> dict[str, Any]:
    """What every template of this room may ask for."""
    return {
        "said_months": said_months,
        "state_words": labels.STATES,
        "spoken": SPOKEN,
        "codes": LANGUAGES,
        "formats": Format,
        "editions": {one.key: one for one in plans.editions()},
    }


# All reports ---------------------------------------------------------------------------------------------------------


@bp.get("")
@requires(Permission.EDIT_PLANS)
def overview() -> str:
    """Every report, and a form to begin one."""
    current = plans.edition_in_force()
    start = {} if current is None else {"edition": current.key, "first": f"{current.from_year}-01"}
    return _overview(NewReportForm(_published(), formdata=None, last=f"{today().year}-12", **start))


@bp.post("")
@requires(Permission.EDIT_PLANS)
@commits
def begin() -> ResponseReturnValue:
    """Begin a report."""
    form = NewReportForm(_published())
    if not form.validate():
        return _overview(form), UNPROCESSABLE_ENTITY
    try:
        row = service.begin(form.wanted(), current_user.principal_id)
    except Unknown:
        abort(404)
    audit.note("strategy_report_begun", actor=current_user.principal_id, subject=str(row.id))
    return redirect(url_for("drafting.report", identity=row.id), SEE_OTHER)


def _published() -> list[Any]:
    return [one for one in plans.editions() if plans.published(one.key) is not None]


def _overview(form: NewReportForm) -> str:
    return render_template("strategy/desk/overview.html", form=form, reports=queries.reports())


# One report ----------------------------------------------------------------------------------------------------------


@bp.get("/<int:identity>")
@requires(Permission.EDIT_PLANS)
def report(identity: int) -> ResponseReturnValue:
    """A report: its texts, how it looks, what can be done with it."""
    card = _card(identity)
    # Asks again by itself unless somebody does not want that.
    refreshes = card.state is State.MAKING and request.args.get("refresh") != "no"
    answer = make_response(_report(card, StepForm(formdata=None), refreshes=refreshes))
    if refreshes:
        answer.headers["Refresh"] = f"{REFRESH_SECONDS}; url={request.path}"
    return answer


def _report(card: ReportCard, form: StepForm, *, refreshes: bool = False) -> str:
    form.show(_seen(card))
    found = service.of(card)
    makers = {one for one in (card.made_by, card.submitted_by, card.issued_by) if one}
    files = queries.files(card.id)
    return render_template(
        "strategy/desk/report.html",
        report=card,
        form=form,
        places=labels.places(found.edition, card.texts),
        taken_on=found.snapshot.on,
        version=found.version,
        files=files,
        all_files=len(LANGUAGES) * len(Format),
        makers=accounts.titles(makers),
        own=card.submitted_by == current_user.principal_id,
        state=State,
        refreshes=refreshes,
    )


@bp.get("/<int:identity>/preview/<code>")
@requires(Permission.EDIT_PLANS)
def preview(identity: int, code: str) -> str:
    """How the report looks with the texts as they are now."""
    content = _made(_card(identity), code, Format.PAGE)
    return render_template(
        "strategy/desk/preview.html",
        report=_card(identity),
        code=code,
        body=Markup(body_of(content)),  # noqa: S704 - our own template made it, and escaped what it was given
    )


@bp.get("/<int:identity>/preview/<code>.<format_>")
@requires(Permission.EDIT_PLANS)
def preview_file(identity: int, code: str, format_: str) -> Response:
    """The same as a file."""
    card = _card(identity)
    wanted = next((one for one in Format if one == format_), None) or abort(404)
    return download(_made(card, code, wanted), f"entwurf-{file_name(card.wanted, code, wanted)}", wanted)


def _made(card: ReportCard, code: str, wanted: Format) -> bytes:
    if code not in LANGUAGES:
        abort(404)
    with speaking(code):
        return printed(paper(service.of(card)), wanted)


def _card(identity: int) -> ReportCard:
    return queries.report(identity) or abort(404)


# Free texts ----------------------------------------------------------------------------------------------------------


@bp.get("/<int:identity>/text/<place>")
@requires(Permission.EDIT_PLANS)
def text(identity: int, place: str) -> str:
    """Write a free text in each language."""
    card = _draft(identity, place)
    before = card.texts.get(place, Localized())
    fields = {field_name("text", code): before.get(code) for code in LANGUAGES}
    return _text(card, place, TextForm(formdata=None, seen=_mark(before), **fields))


@bp.post("/<int:identity>/text/<place>")
@requires(Permission.EDIT_PLANS)
@commits
def write(identity: int, place: str) -> ResponseReturnValue:
    """Keep it, unless somebody else has written there meanwhile."""
    row = _row(identity)
    card = _draft(identity, place)
    form = TextForm()
    before = card.texts.get(place, Localized())
    if form.seen.data != _mark(before):
        form.form_errors.append(
            _("Somebody else has changed this text while you had the page open. Theirs stands below yours. Save "
              "again to put yours in its place.")
        )  # fmt: skip
        form.show(_mark(before))
        return _text(card, place, form, before), CONFLICT
    if not form.validate():
        return _text(card, place, form), UNPROCESSABLE_ENTITY
    service.write(row, place, form.localized("text"))
    _note("strategy_report_changed", identity)
    flash(_("The text is saved."), "success")
    return redirect(url_for("drafting.report", identity=identity, _anchor="texts"), SEE_OTHER)


def _text(card: ReportCard, place: str, form: TextForm, theirs: Localized | None = None) -> str:
    title = labels.place(place, service.of(card).edition)
    return render_template("strategy/desk/text.html", report=card, title=title, place=place, form=form, theirs=theirs)


def _draft(identity: int, place: str) -> ReportCard:
    card = _card(identity)
    if card.state is not State.DRAFT or place not in places(service.of(card).edition):
        abort(404)
    return card


def _mark(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


# What is done with it ------------------------------------------------------------------------------------------------


@bp.post("/<int:identity>/refresh")
@requires(Permission.EDIT_PLANS)
@commits
def refresh(identity: int) -> ResponseReturnValue:
    """Take the numbers of today; the texts stay."""
    before = _card(identity).snapshot
    undone = _step(identity, "strategy_report_changed", service.refresh)
    if undone is not None:
        return undone
    changed = _card(identity).snapshot != before
    flash(_("The numbers are new; the texts have stayed.") if changed else _("The numbers are the same as before."))
    return _back(identity)


@bp.post("/<int:identity>/submit")
@requires(Permission.EDIT_PLANS)
@commits
def submit(identity: int) -> ResponseReturnValue:
    """Hand it in."""
    undone = _step(identity, "strategy_report_submitted", lambda row: service.submit(row, current_user.principal_id))
    if undone is not None:
        return undone
    flash(_("A second person can look at it and issue it now."), "success")
    return _back(identity)


@bp.post("/<int:identity>/give-back")
@requires(Permission.EDIT_PLANS)
@commits
def give_back(identity: int) -> ResponseReturnValue:
    """Make a draft of it again."""
    undone = _step(identity, "strategy_report_returned", service.give_back)
    if undone is not None:
        return undone
    flash(_("It is a draft again."), "success")
    return _back(identity)


@bp.post("/<int:identity>/issue")
@requires(Permission.EDIT_PLANS)
@commits
def issue(identity: int) -> ResponseReturnValue:
    """Issue what somebody else has handed in, as it stood on the page."""
    undone = _step(identity, "strategy_report_issued", lambda row: service.issue(row, current_user.principal_id))
    if undone is not None:
        return undone

    @after_this_request
    def wake(answer: Response) -> Response:
        service.wake()
        return answer

    return _back(identity)


@bp.post("/<int:identity>/discard")
@requires(Permission.EDIT_PLANS)
@commits
def discard(identity: int) -> ResponseReturnValue:
    """Throw a draft away."""
    undone = _step(identity, "strategy_report_discarded", service.discard)
    if undone is not None:
        return undone
    flash(_("The draft is gone."), "success")
    return redirect(url_for("drafting.overview"), SEE_OTHER)


def _step(identity: int, action: str, verb: Callable[[Report], object]) -> ResponseReturnValue | None:
    """Do what a button says, if the report still is what its page showed; else gives the page to answer with."""
    row, form = _row(identity), StepForm()
    card = _card(identity)
    if not form.validate():
        return _report(card, form), UNPROCESSABLE_ENTITY
    if form.seen.data != _seen(card):
        return _too_late(identity)
    try:
        verb(row)
    except NotPossible:
        return _too_late(identity)
    except SamePerson:
        form.form_errors.append(
            _("You have handed this report in yourself. Please ask somebody else to look at it and issue it.")
        )
        return _report(card, form), UNPROCESSABLE_ENTITY
    _note(action, identity)
    return None


def _seen(card: ReportCard) -> str:
    """A mark of everything that somebody looks at before a step: other numbers, texts or another round differ."""
    return _mark([card.state, card.snapshot, card.texts, str(card.submitted_at)])


@bp.get("/<int:identity>/withdraw")
@requires(Permission.EDIT_PLANS)
def withdrawal(identity: int) -> str:
    """Ask why an issued report is taken back."""
    card = _card(identity)
    if card.state is not State.ISSUED:
        abort(404)
    return render_template("strategy/desk/withdraw.html", report=card, form=WithdrawForm(formdata=None))


@bp.post("/<int:identity>/withdraw")
@requires(Permission.EDIT_PLANS)
@commits
def withdraw(identity: int) -> ResponseReturnValue:
    """Take it back."""
    row = _row(identity)
    form = WithdrawForm()
    if row.state != State.ISSUED:
        return _too_late(identity)
    if not form.validate():
        return render_template("strategy/desk/withdraw.html", report=_card(identity), form=form), UNPROCESSABLE_ENTITY
    service.withdraw(row, current_user.principal_id, form.localized("reason"))
    _note("strategy_report_withdrawn", identity)
    flash(_("The report is withdrawn; the reason can be read by everybody."), "success")
    return _back(identity)


def _row(identity: int) -> Report:
    return queries.report_to_change(identity) or abort(404)


def _back(identity: int) -> ResponseReturnValue:
    return redirect(url_for("drafting.report", identity=identity), SEE_OTHER)


def _too_late(identity: int) -> ResponseReturnValue:
    """Somebody else was quicker; the page shows how it stands."""
    flash(_("Somebody else has already done something with this report. This is how it stands now."), "warning")
    return _back(identity)


def _note(action: str, identity: int) -> None:
    audit.note(action, actor=current_user.principal_id, subject=str(identity))
