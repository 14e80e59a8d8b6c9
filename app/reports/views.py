"""The walk of a report: one question a page, everything said so far travelling along in the page itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.core import limits, proof
from app.core.codes import Purpose
from app.core.database import commits, only_reads, turn_to_writing
from app.core.languages import language
from app.core.limits import Quota, TooMany
from app.core.permissions import Permission, requires
from app.core.requests import Origin, origin
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.places import maps
from app.places import queries as places
from app.places.maps import MapKind
from app.privacy.domain import Exchanged
from app.reports import dialogue, expectation, flow, readers, service, summary, wording
from app.reports.domain import CleanFile, Erased, Fault, ReportDraft, new_nonce
from app.reports.flow import Question
from app.reports.forms import FIELDS, FILES_MAX, NONCE, STATE, ReportForm
from app.reports.receipt_forms import ReceiptForm
from app.reports.uploads import cleaned, let_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.routing.domain import Decision

bp = Blueprint("reports", __name__, url_prefix="/<lang:lang>")

OK, TOO_LARGE, UNFIT, WAIT = 200, 413, 422, 429
PAGES = {Question.WHERE, Question.POINT, Question.AREA, Question.INVOLVED, Question.CONSENTS, Question.READERS,
         Question.CHECK}  # fmt: skip
"""Questions with a template of their own."""
LAST = frozenset({Question.READERS, Question.CHECK})
"""Pages that say who reads the report; they need every answer before them."""


@bp.get("/report")
@requires(Permission.PUBLIC)
def start() -> ResponseReturnValue:
    """What a report is, who reads it, what happens with it: before the first input."""
    exits = places.city().facts.get("exits", ())
    return render_template("reports/start.html", exits=exits, contacts=contacts(), localized=Localized)


@bp.post("/report")
@requires(Permission.PUBLIC)
@commits
def step() -> ResponseReturnValue:
    """Take the answers of a page and give the next one; at the end take the report and give the receipt.

    ``@commits`` runs after the receipt is rendered and before the answer leaves: when the commit fails, the rendered
    page is thrown away and the person sees that nothing was sent. A receipt without a report cannot get out.
    """
    return _walk()


@bp.post("/report/about")
@requires(Permission.PUBLIC)
@commits
def begin() -> ResponseReturnValue:
    """Begin with a kind, and with the service or measure that the report is about."""
    return _walk()


@bp.get("/report/challenge")
@requires(Permission.PUBLIC)
def challenge() -> ResponseReturnValue:
    """Work for a browser, unseen: see :mod:`app.core.proof`."""
    answer = jsonify(proof.challenge())
    answer.cache_control.no_store = True
    return answer


def _walk() -> ResponseReturnValue:
    if origin() is Origin.FOREIGN:
        # Whoever knows a form's nonce can read its receipt, so a foreign page must not hand one in.
        return redirect(url_for("reports.start"), 303)
    wait = let_in()
    go, _colon, aim = request.form.get("go", "next").partition(":")
    page = request.form.get("page", "")
    only_reads()
    form = ReportForm(request.form)
    files = [file for file in request.files.getlist("files") if file.filename]
    if files:
        form.files_again.data = "y"
    if not page:
        return _begin(form)
    return Walk(form, Question(page) if page in set(Question) else Question.KIND, files, wait).go(go, aim)


def _begin(form: ReportForm) -> ResponseReturnValue:
    form.nonce.data, form.passed.data, form.seen_route.data = new_nonce(), [], ""
    walk = Walk(form, Question.KIND, [])
    if form.subject_gone or not form.check(Question.KIND, complete=False):
        return walk.refused(Question.KIND)
    if form.known.kind is None:
        return walk.show(Question.KIND)
    form.passed.data = [Question.KIND]
    return walk.show(flow.following(Question.KIND, form.known))


class Walk:
    """One request on the way: the answers, the page they come from, the files that came with them."""

    def __init__(
        self, form: ReportForm, page: Question, files: Sequence[FileStorage], wait: TooMany | None = None
    ) -> None:
        """Look at a form that came from a page. ``wait`` says that its files could not be taken."""
        self.form, self.page, self.files, self.wait = form, page, files, wait

    def go(self, where: str, aim: str) -> ResponseReturnValue:
        """Follow the button that was pressed, once the answers before this page can stand."""
        form, page = self.form, self.page
        faulty = self._first_faulty(flow.before(page, form.known))
        if not NONCE.fullmatch(form.nonce.data or ""):
            form.nonce.data = new_nonce()
            form.form_errors.append(_("Part of this form did not arrive. Please check your answer and go on."))
            return self.show(faulty or page, UNFIT)
        if form.subject_gone:
            return self.refused(Question.KIND)
        if faulty and not (where == "stay" and page not in LAST):
            return self.refused(faulty)
        return self._follow(where, aim)

    def _follow(self, where: str, aim: str) -> ResponseReturnValue:
        form, page = self.form, self.page
        if where == "back":
            return self.show(flow.preceding(page, form.known) or page)
        if where == "change" and aim in set(Question) and flow.applies(Question(aim), form.known):
            return self._change(Question(aim))
        if page is Question.READERS:
            return self._after_readers(where)
        if page is Question.CHECK and where == "send":
            return self._send()
        return self.show(page) if page is Question.CHECK or where == "stay" else self._next()

    def _change(self, aim: Question) -> ResponseReturnValue:
        faulty = self._first_faulty(flow.before(aim, self.form.known))
        return self.refused(faulty) if faulty else self.show(aim)

    def _next(self) -> ResponseReturnValue:
        form, page = self.form, self.page
        if not flow.applies(page, form.known):
            return self.show(flow.following(page, form.known))
        if page in {Question.KIND, Question.ROLE, Question.WISH}:
            form.drop_stale()
        if page is Question.POINT and form.latitude.data and not form.area.data and form.check(page, complete=False):
            form.propose_area()
            return self.show(page, proposed=True)
        if not form.check(page):
            return self.refused(page)
        later = [question for question in flow.questions(form.known) if question not in flow.before(page, form.known)]
        faulty = next((question for question in later if not form.check(question, complete=False)), None)
        if faulty:
            return self.refused(faulty)
        if page is Question.STREET:
            form.propose_area()
        return self.show(self._target())

    def _target(self) -> Question:
        """The next page: in order on the way out, and after the check page only what is open again."""
        form, known = self.form, self.form.known
        passed = [*dict.fromkeys([*form.passed.data, self.page])]
        if Question.CHECK not in passed:
            form.passed.data = passed
            return flow.following(self.page, known)
        reopened = flow.REOPENS.get(self.page, frozenset())
        form.passed.data = [question for question in passed if question not in reopened]
        closed = {Question(question) for question in form.passed.data if form.check(Question(question))}
        target = flow.first_open(known, closed)
        if target in LAST and self._route_changed(service.decide(self._draft())):
            return Question.READERS
        return target

    def _first_faulty(self, questions: Iterable[Question]) -> Question | None:
        for question in questions:
            if not self.form.check(question) or (question is Question.READERS and not self.form.seen_route.data):
                return question
        return None

    # Pages -----------------------------------------------------------------------------------------------------------

    def refused(self, question: Question) -> ResponseReturnValue:
        """A page again, with what is wrong on it."""
        form = self.form
        if form.subject_gone:
            form.form_errors.append(
                _("What you wanted to write about is no longer listed here. You can send your report without it.")
            )
        return self.show(question, UNFIT)

    def show(self, question: Question, status: int = OK, **more: Any) -> ResponseReturnValue:  # noqa: ANN401
        """A page."""
        form = self.form
        if status == OK:
            form.clear_errors()
        if origin() is Origin.UNKNOWN:
            # Perhaps a foreign page has planted the nonce. Nobody loses a word, and nobody else knows the new one.
            form.nonce.data = new_nonce()
        if question in LAST:
            more |= self._readers(question)
        number, of = flow.step(question, form.known)
        shown = FIELDS[question]
        extra = _EXTRAS.get(question)
        page = render_template(
            f"reports/{question}.html" if question in PAGES else "reports/question.html",
            form=form,
            question=question,
            number=number,
            steps=of,
            first=flow.preceding(question, form.known) is None,
            visible=shown,
            unseen=[*STATE, *(name for name in _ALL if name not in shown)],
            subject=form.about(),
            proof=proof.kept(request.form.get("proof", "")),
            **(extra(form) if extra else {}),
            **more,
        )
        return page, status

    def _draft(self, files: Sequence[CleanFile] = ()) -> ReportDraft:
        return self.form.to_draft(language().code, files)

    def _readers(self, question: Question) -> dict[str, Any]:
        """Who reads it, as the page says it; the person then has seen that."""
        form, draft = self.form, self._draft()
        decision = service.decide(draft)
        form.seen_route.data = decision.mark
        if question is Question.CHECK and Question.CHECK not in form.passed.data:
            form.passed.data = [*dict.fromkeys([*form.passed.data, *flow.questions(form.known)])]
        offices = directory.organisations()
        return {
            "draft": draft,
            "decision": decision,
            "offices": offices,
            "offered": [key for key in offices if key in {*decision.readers, *draft.excluded}],
            "may_agree": Purpose.INDEPENDENT in flow.offered_purposes(form.known),
            "contacts": contacts(),
            "rows": summary.rows(form) if question is Question.CHECK else (),
            "files_max": FILES_MAX,
            "silent": flow.wants_answer(form.known) and "contact" not in draft.consents,
        }

    def _route_changed(self, decision: Decision) -> bool:
        return bool(decision.mark != self.form.seen_route.data)

    # The last two pages ----------------------------------------------------------------------------------------------

    def _after_readers(self, where: str) -> ResponseReturnValue:
        if not self.form.check(Question.READERS):
            return self.refused(Question.READERS)
        decision = service.decide(self._draft())
        if where in {"again", "stay"} or self._route_changed(decision):
            return self.show(Question.READERS, changed=where == "next")
        return self.show(Question.CHECK)

    def _admit(self) -> None:
        """Count this sending: more are taken from browsers that have worked for it.

        Raises:
            TooMany: it has to wait.
        """
        if self.wait:
            raise self.wait
        if proof.spend(request.form.get("proof", ""), self.form.nonce.data or ""):
            limits.count(Quota.REPORTS)
        else:
            limits.count(Quota.REPORTS_UNPROVED, Quota.REPORTS_UNPROVED_TOTAL)

    def _send(self) -> ResponseReturnValue:
        form = self.form
        try:
            self._admit()
        except TooMany as wait:
            answer = make_response(self.show(Question.CHECK, WAIT, wait=wait))
            answer.headers.update(wait.headers)
            return answer
        files, faults = cleaned(self.files)
        # It takes a while to look at files. Only from here on does anybody else who sends have to wait.
        turn_to_writing()
        decision = service.decide(self._draft())
        changed = self._route_changed(decision)
        if faults:
            form.files.errors = [sentence for _fault, sentence in faults]
            oversize = any(fault is Fault.TOO_LARGE for fault, _sentence in faults)
            return self.show(Question.CHECK, TOO_LARGE if oversize else UNFIT, changed=changed)
        if changed:
            return self.show(Question.CHECK, changed=True)
        try:
            sent = service.submit(self._draft(files))
        except Erased:
            return render_template("receipts/erased.html")
        except Exchanged:
            again = ReceiptForm()
            again.ended()
            return render_template("receipts/enter.html", form=again), UNFIT
        if sent.repeated:
            opened = dialogue.open_by_receipt(sent.receipt)
            who, out = readers.readers_of(opened.report), readers.left_out(opened.content)
        else:
            who, out = readers.named(decision.readers), readers.organisations(decision.left_out)
        page = summary.receipt_page(sent.receipt, who, out, expectation.of_number(sent.number))
        return render_template("receipts/receipt.html", **page, sent=sent, kind=form.known.kind)


def contacts() -> list[OrganisationCard]:
    """Independent organisations that advise people: a way round every office of the city."""
    return [card for card in directory.organisations().values() if card.kind == "independent" and card.counselling]


_ALL = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names if name != "files"))


def _map(_form: ReportForm) -> dict[str, Any]:
    label = _("Map for marking the place")
    return {"map": maps.base_map(MapKind.PICK, label, name="pick")}


def _proposal(form: ReportForm) -> dict[str, Any]:
    return {"proposal": form.proposed_area()}


def _involved(_form: ReportForm) -> dict[str, Any]:
    return {"kinds": {key: card.kind for key, card in directory.organisations().items()}}


def _hints(form: ReportForm) -> dict[str, Any]:
    hints = {purpose: f"{wording.REFUSED_HINTS[purpose]} {wording.WITHDRAWN_HINTS[purpose]}" for purpose in Purpose}
    return {"hints": hints, "offered_purposes": flow.offered_purposes(form.known)}


_EXTRAS = {
    Question.KIND: lambda _form: {"hints": wording.KIND_HINTS},
    Question.WISH: lambda _form: {"hints": wording.WISH_HINTS},
    Question.POINT: _map,
    Question.AREA: _proposal,
    Question.INVOLVED: _involved,
    Question.CONSENTS: _hints,
}
"""What further a page shows."""
