"""The pages of a table on its way, for the thin views of the room that takes it over.

Four routes of a room call :func:`form_page`, :func:`take_in`, :func:`job_page` and :func:`act`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import CONFLICT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core.errors import Refused
from app.core.texts import Localized
from app.sheets import jobs, queries
from app.sheets.domain import BYTES_MAX, Unreadable
from app.sheets.forms import ActForm, FileForm
from app.sheets.models import Job
from app.sheets.tasks import ACTIONS, RUNNING, Action, State

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue
    from flask_babel.speaklater import LazyString

PATIENCE = 3
"""How many times the largest file may come in before the connection is closed without a kind word."""

REFRESH_SECONDS = 3
TABLES = ".xlsx,.csv,.txt,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""What a browser offers to choose."""

STAY = "refresh"
"""With ``refresh=no`` in its address the page of a table that is being read stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How a room takes tables of a kind over.

    ``form`` and ``job`` are endpoints; each answers GET and POST, the second one with a ``job`` in its address.
    ``address`` has further parts of their addresses. ``back`` is where the page leads back to, as address and name;
    ``examples`` are files to begin with, as addresses and names. ``context`` is kept with the table for ``Kind.check``
    and ``Kind.take``.
    """

    kind: str
    title: LazyString
    intro: LazyString
    form: str
    job: str
    back: tuple[str, LazyString]
    examples: tuple[tuple[str, LazyString], ...] = ()
    label: LazyString | None = None
    """What the field for the file is called, where it takes something else than a table."""
    accept: str = TABLES
    address: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def form_url(self) -> str:
        """Where a file is chosen."""
        return url_for(self.form, **self.address)

    def job_url(self, identity: str, **values: str) -> str:
        """Where a table is shown."""
        return url_for(self.job, **{**self.address, **values, "job": identity})


def form_page(flow: Flow, owner: str) -> str:
    """Where a file is chosen. Names the person's last table of this kind that is not done with."""
    return _form_page(flow, FileForm(), owner)


def _form_page(flow: Flow, form: FileForm, owner: str) -> str:
    latest = queries.latest(flow.kind, owner)
    if latest is not None and latest.context != dict(flow.context):
        latest = None
    if flow.label is not None:
        form.file.label.text = flow.label
    return render_template("sheets/form.html", flow=flow, form=form, latest=latest, most=BYTES_MAX // 1024 // 1024)


def take_in(flow: Flow, owner: str) -> ResponseReturnValue:
    """Take a file in and lead to its page. Call it before anything looks at the form; commit afterwards."""
    request.max_content_length = PATIENCE * BYTES_MAX
    request.file_bytes_max = BYTES_MAX  # type: ignore[attr-defined]
    form = FileForm()
    if not form.validate():
        return _form_page(flow, form, owner), UNPROCESSABLE_ENTITY
    try:
        content, name = form.content()
        job = jobs.send(flow.kind, owner, name, content, flow.context)
    except (Unreadable, Refused) as refusal:
        form.file.errors = [str(refusal)]
        return _form_page(flow, form, owner), UNPROCESSABLE_ENTITY
    return redirect(flow.job_url(job.id), SEE_OTHER)


def job_page(flow: Flow, owner: str, identity: str) -> Response:
    """The page of a table: how far it is, what is wrong with it, what it would change, or what was done."""
    return _job_page(flow, _job(flow, owner, identity), ActForm())


def act(flow: Flow, owner: str, identity: str) -> ResponseReturnValue:
    """Take a table over, or stop it, as the form on its page says. Commit afterwards."""
    job = _job(flow, owner, identity)
    form = ActForm()
    if not form.validate():
        return _job_page(flow, job, form, status=UNPROCESSABLE_ENTITY)
    try:
        if form.do.data == "take":
            jobs.take(job)
        else:
            jobs.stop(job)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _job_page(flow, job, form, status=CONFLICT)
    return redirect(flow.job_url(job.id), SEE_OTHER)


def _job(flow: Flow, owner: str, identity: str) -> Job:
    job = queries.job_of(identity, flow.kind, owner)
    # A table that was sent elsewhere, such as to another edition, is not to be found here.
    if job is None or job.context != dict(flow.context):
        abort(404)
    return job


def _job_page(flow: Flow, job: Job, form: ActForm, status: int = 200) -> Response:
    refreshes = job.state in RUNNING and request.args.get(STAY) != "no" and status < CONFLICT
    preview = job.preview or {}
    page = render_template(
        "sheets/job.html",
        flow=flow,
        form=form,
        job=job,
        state=State(job.state),
        states=State,
        running=job.state in RUNNING,
        refreshes=refreshes,
        seconds=REFRESH_SECONDS,
        faults=[fault | {"reason": Localized(fault["reason"])} for fault in job.faults],
        remarks=[Localized(remark) for remark in job.remarks],
        changes=[_change(change) for change in preview.get("changes", ())],
        counts=[(ACTIONS[action], preview["counts"].get(action.value, 0)) for action in Action] if preview else (),
        more=preview.get("more", 0),
        said=Localized(job.said) if job.said else None,
        title=_title(job),
    )
    answer = make_response(page, status)
    if refreshes:
        answer.headers["Refresh"] = f"{REFRESH_SECONDS}; url={request.path}"
    return answer


def _title(job: Job) -> str:
    titles: dict[State, str] = {
        State.FAULTY: _("This table has faults"),
        State.CLEAN: _("What this table would change"),
        State.TAKEN: _("The table was taken over"),
        State.STOPPED: _("The table was not taken over"),
        State.FAILED: _("The table was not taken over"),
        State.TAKING: _("The table is being taken over"),
    }
    return titles.get(State(job.state)) or _("The table is being read")


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": ACTIONS[Action(change["action"])],
        "name": Localized(change["name"]),
        "details": [[Localized(said) for said in detail] for detail in change["details"]],
    }
