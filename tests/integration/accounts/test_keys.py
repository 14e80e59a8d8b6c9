"""Who holds the key of an office: colleagues let newcomers in, leavers lose it, old boxes are sealed anew."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from app.accounts import keys, people, queries, second_factor, service
from app.accounts.domain import RoleName
from app.accounts.keys import NotLetIn
from app.accounts.models import Membership
from app.accounts.passwords import normalized
from app.accounts.people import Change
from app.directory import queries as directory
from app.privacy import domain, recovery
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen
from app.privacy.models import AuditEntry, Grant, Holding, Principal
from app.routing import queries as routing
from app.wiring.demo import PASSWORD
from tests import factories
from tests.conftest import account_of
from tests.support.arrivals import come_in
from tests.support.desks import Desk, element, report_of
from tests.support.forms import soup

NEW = "vier-wörter-ohne-zusammenhang"
LEAD = "soziales"


@pytest.fixture
def office(session):
    return directory.organisations()[LEAD]


@pytest.fixture
def newcomer(session):
    return add("neu@stadt.example", [RoleName.READER], [LEAD])


@pytest.fixture
def colleague(session):
    return queries.user_by_email(account_of(f"reader:{LEAD}"))


@pytest.fixture
def administrator(session):
    return queries.user_by_email(account_of("administrator"))


def add(email, roles, organisations=()):
    user = service.add_user(email, NEW, f"Neu im Amt ({email})", roles, organisations)
    second_factor.furnish(user)
    return user


def ring_of(user, password=PASSWORD):
    return privacy.keyring(user.principal_id, privacy.unlock(user.principal_id, normalized(password)))


def mailbox_of(office):
    return directory.organisations()[office.key].principal_id


def code_of(user):
    return domain.check_code(privacy_queries.public_keys([user.principal_id])[user.principal_id])


def noted(session, action):
    return session.scalars(select(AuditEntry).filter_by(action=action).order_by(AuditEntry.id)).all()


# Letting in ----------------------------------------------------------------------------------------------------------


def test_signing_in_lets_nobody_in(newcomer, office, sign_in, session):
    sign_in(f"reader:{LEAD}")
    assert newcomer.principal_id not in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]


def test_a_colleague_lets_a_newcomer_in_after_both_have_seen_the_same_code(app, newcomer, colleague, sign_in, session):
    number = factories.sent().number
    theirs = come_in(app.test_client(), newcomer.email, "en", NEW)
    page = theirs.get("/en/account/keys")
    assert "You wait to be let in" in page.text
    code = element(page, "#check-code").get_text()
    assert Desk(theirs).numbers() == []
    ours = sign_in(f"reader:{LEAD}", "en")
    page = ours.get("/en/account/keys")
    form = element(page, "main .tk-newcomer form")
    assert code in element(page, ".tk-newcomer").get_text()
    answer = ours.post("/en/account/keys/let-in", data={i["name"]: i["value"] for i in form.select("input")})
    assert answer.status_code == 303
    assert "holds the key from now on" in ours.get("/en/account/keys").text
    assert Desk(theirs).numbers() == [number]
    assert theirs.get(f"/en/desk/{number}").status_code == 200
    [entry] = noted(session, "key_given")
    assert (entry.actor, entry.subject) == (colleague.principal_id, newcomer.principal_id)


def test_a_key_that_was_swapped_after_the_look_gets_nothing(newcomer, colleague, office):
    code = code_of(newcomer)
    people.renew(newcomer, "noch-ein-anderes-wort-dabei")
    with pytest.raises(NotLetIn):
        keys.let_in(colleague, ring_of(colleague), office.id, newcomer.id, code)
    keys.let_in(colleague, ring_of(colleague), office.id, newcomer.id, code_of(newcomer))
    assert newcomer.principal_id in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]


def test_who_may_not_let_in(newcomer, colleague, administrator, office, session):
    code = code_of(newcomer)
    second = add("zwei@stadt.example", [RoleName.READER], [LEAD])
    foreign = queries.user_by_email(account_of("reader:ads"))
    for person, password in ((administrator, PASSWORD), (newcomer, NEW), (second, NEW), (foreign, PASSWORD)):
        with pytest.raises(NotLetIn):
            keys.let_in(person, ring_of(person, password), office.id, newcomer.id, code)
    # Nor somebody who holds the key and makes accounts as well.
    colleague.roles = [*colleague.roles, queries.role(RoleName.ADMINISTRATOR)]
    session.flush()
    with pytest.raises(NotLetIn):
        keys.let_in(colleague, ring_of(colleague), office.id, newcomer.id, code)
    assert newcomer.principal_id not in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]


@pytest.mark.parametrize("role", [RoleName.COORDINATOR, RoleName.PARTNER])
def test_only_readers_are_let_in_and_count(colleague, office, role, session):
    other = add("andere@stadt.example", [role], [LEAD])
    with pytest.raises(NotLetIn):
        keys.let_in(colleague, ring_of(colleague), office.id, other.id, code_of(other))
    assert other.principal_id not in queries.member_principals([office.id])[office.id]
    assert other.id not in queries.member_ids(office.id)


def test_a_doubt_reaches_the_administrator_and_opens_nothing(newcomer, sign_in, office):
    ours = sign_in(f"reader:{LEAD}", "en")
    form = element(ours.get("/en/account/keys"), "main .tk-newcomer form")
    action = form.select_one("[formaction]")["formaction"]
    ours.post(action, data={i["name"]: i["value"] for i in form.select("input")})
    page = sign_in("administrator", "en").get("/en/account/people")
    row = next(row for row in soup(page).select("#people tbody tr") if newcomer.email in row.get_text())
    assert "not one of us" in row.get_text()
    assert newcomer.principal_id not in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]


def test_the_page_is_for_readers_only(session, sign_in):
    for who in ("administrator", "coordinator", "partner:awo"):
        client = sign_in(who, "en")
        assert client.get("/en/account/keys").status_code == 403
        assert client.post("/en/account/keys/let-in").status_code == 403


# Leaving -------------------------------------------------------------------------------------------------------------


def test_a_leaver_opens_nothing_more_and_those_who_stay_everything(
    app, session, colleague, administrator, office, sign_in
):
    before = factories.sent()
    leaver = queries.user_by_email(f"{LEAD}-vertretung@demo.example")
    client = come_in(app.test_client(), leaver.email, "en")
    assert Desk(client).numbers() == [before.number]
    stolen, private = ring_of(leaver), privacy.unlock(leaver.principal_id, PASSWORD)
    old = mailbox_of(office)
    people.end(administrator, leaver)
    session.commit()
    fresh = mailbox_of(office)
    assert fresh != old
    after = factories.sent()
    # Whoever was signed in is out, and their own key opens no mailbox.
    assert client.get("/en/desk/").status_code == 302
    assert set(privacy.keyring(leaver.principal_id, private).keys) == {leaver.principal_id}
    assert not opens(session, stolen, after)
    assert opens(session, stolen, before), "the old key opens old boxes until they are sealed anew"
    # Signing in seals anew, and everything opens as before.
    ours = Desk(sign_in(f"reader:{LEAD}", "en"))
    assert set(ours.numbers()) == {before.number, after.number}
    for sent in (before, after):
        assert ours.case(sent.number).status_code == 200
    assert not opens(session, stolen, before)
    assert privacy_queries.waiting([fresh]) == {fresh: 0}
    sign_in(f"reader:{LEAD}")
    assert session.get(Principal, old) is None
    [entry] = noted(session, "key_rotated")
    assert (entry.actor, entry.office_id) == (administrator.principal_id, office.id)


def opens(session, ring, sent):
    """Whether any grant in the database opens for a stolen keyring."""
    session.expire_all()
    report = report_of(sent.number)
    sealed = session.scalars(select(Grant.sealed_key).where(Grant.box_id.in_([report.box_id, report.staff_box_id])))
    for key in sealed.all():
        for private in ring.keys.values():
            try:
                domain.unseal(private, key)
            except CannotOpen:
                continue
            return True
    return False


def test_what_waits_is_shown_and_goes_on_until_done(session, administrator, office, sign_in, monkeypatch):
    for _number in range(3):
        factories.sent()
    people.end(administrator, queries.user_by_email(f"{LEAD}-vertretung@demo.example"))
    admin = sign_in("administrator", "en")
    monkeypatch.setattr(keys.tend, "__defaults__", (4,))

    def shown():
        rows = soup(admin.get("/en/account/people")).select("#keys tbody tr")
        [row] = [row for row in rows if row.select_one("th").get_text() == office.name["en"]]
        return int(row.select("td")[2].get_text())

    assert shown() == 6
    ours = sign_in(f"reader:{LEAD}", "en")
    assert shown() == 2
    page = ours.get("/en/account/keys")
    assert "2 parts of reports wait to be sealed" in page.text
    form = element(page, 'main form[action$="seal-anew"]')
    ours.post(str(form["action"]), data={i["name"]: i["value"] for i in form.select("input")})
    assert shown() == 0
    assert "wait to be sealed" not in ours.get("/en/account/keys").text


def test_a_case_on_offer_is_taken_from_an_office_whose_key_was_changed_meanwhile(session, administrator, office):
    sent = factories.sent()
    people.end(administrator, queries.user_by_email(f"{LEAD}-vertretung@demo.example"))
    report = report_of(sent.number)
    privacy.take_away(report.box_id, [mailbox_of(office)])
    assert mailbox_of(office) not in privacy_queries.granted_to(report.box_id)
    assert office.id not in queries.offices_of(privacy_queries.granted_to(report.box_id)).values()


def test_retired_mailboxes_belong_to_their_office(session, administrator, colleague, office):
    factories.sent()
    old = mailbox_of(office)
    people.end(administrator, queries.user_by_email(f"{LEAD}-vertretung@demo.example"))
    fresh = mailbox_of(office)
    assert service.mailboxes_of(colleague, ring_of(colleague)) == {old: office.id, fresh: office.id}
    assert queries.offices_of([old, fresh, "nobody"]) == {old: office.id, fresh: office.id}


def test_the_last_reader_leaves_and_the_office_receives_nothing(session, administrator, colleague, office):
    people.end(administrator, queries.user_by_email(f"{LEAD}-vertretung@demo.example"))
    [loss] = people.losses(colleague)
    assert (loss.office.key, loss.last, loss.recoverable) == (LEAD, True, False)
    people.end(administrator, colleague)
    assert not routing.desks()[LEAD].opens
    assert report_of(factories.sent().number).office_id != office.id


def test_after_everybody_has_left_a_new_reader_reads_what_comes_and_nothing_older(session, administrator, office):
    older = factories.sent()
    for reader in queries.members(office.id):
        people.end(administrator, reader)
    newcomer = add("neu@stadt.example", [RoleName.READER], [LEAD])
    service.open_mailboxes()
    assert routing.desks()[LEAD].opens
    later = factories.sent()
    assert report_of(later.number).office_id == office.id
    ring = ring_of(newcomer, NEW)
    assert privacy.open_with_keys(ring, report_of(later.number).box_id)
    with pytest.raises(CannotOpen):
        privacy.open_with_keys(ring, report_of(older.number).box_id)


def test_who_only_waited_leaves_without_a_change_of_keys(session, administrator, newcomer, office):
    before = mailbox_of(office)
    people.end(administrator, newcomer)
    assert mailbox_of(office) == before


def test_losing_the_role_or_the_office_loses_the_key(session, administrator, colleague, office):
    for wanted in (
        Change("Lesen", "de", frozenset({RoleName.COORDINATOR}), frozenset({LEAD})),
        Change("Lesen", "de", frozenset({RoleName.READER}), frozenset({"ads"})),
    ):
        with session.begin_nested() as savepoint:
            before = mailbox_of(office)
            people.change(administrator, colleague, wanted)
            assert mailbox_of(office) != before
            assert set(ring_of(colleague).keys) == {colleague.principal_id}
            savepoint.rollback()
        session.expire_all()


def test_what_a_leaver_opened_by_their_own_key_is_closed_too(session, administrator, colleague):
    own = privacy.make_box([colleague.principal_id, administrator.principal_id])
    people.change(
        administrator, colleague, Change("Koordination", "de", frozenset({RoleName.COORDINATOR}), frozenset())
    )
    assert privacy_queries.granted_to(own.box_id) == {administrator.principal_id}


# The recovery key ----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(app, session):
    """Runs ``flask privacy …`` as a person at a terminal would."""

    def run(*arguments, typed=""):
        return app.test_cli_runner().invoke(args=["privacy", *arguments], input=typed)

    return run


def written_down(output):
    """The groups that somebody writes down from the screen."""
    return re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}\b", "\n".join(re.findall(r"^ +\d+–\d+ +(.*)$", output, re.MULTILINE)))


@pytest.fixture
def make_recovery_key(app, session, monkeypatch):
    """Makes the recovery key on the command line; gives what is on the paper."""

    def make(*arguments):
        private, public = domain.new_key_pair()
        groups = domain.recovery_code(private).split("-")
        monkeypatch.setattr(domain, "new_key_pair", lambda: (private, public))
        typed = ("y\n" if arguments else "") + f"\n{groups[2].lower()}\n{groups[10]}\n"
        done = app.test_cli_runner().invoke(args=["privacy", "init", "--piped", *arguments], input=typed)
        monkeypatch.undo()
        assert done.exit_code == 0, done.output
        assert written_down(done.output) == groups
        assert done.output.count(groups[0]) == 1
        return "-".join(groups)

    return make


def test_making_the_recovery_key(make_recovery_key, session, office, sign_in):
    admin = sign_in("administrator", "en")
    assert "There is no recovery key yet" in admin.get("/en/account/people").text
    make_recovery_key()
    key = privacy_queries.recovery_key().id
    assert "There is no recovery key yet" not in admin.get("/en/account/people").text
    assert key not in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]
    sign_in(f"reader:{LEAD}")
    assert key in privacy_queries.holders([mailbox_of(office)])[mailbox_of(office)]
    [entry] = noted(session, "recovery_key_made")
    assert (entry.actor, entry.subject) == (None, key)


def test_a_pipe_is_refused(terminal):
    done = terminal("init")
    assert done.exit_code == 1
    assert "terminal" in done.output
    assert written_down(done.output) == []
    assert privacy_queries.recovery_key() is None
    assert "terminal" in terminal("heal", LEAD).output


def test_what_was_not_written_down_is_not_kept(terminal):
    done = terminal("init", "--piped", typed="\nAAAA\nBBBB\nCCCC\n")
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert privacy_queries.recovery_key() is None


def test_a_second_key_only_in_the_place_of_the_first(make_recovery_key, terminal, session):
    make_recovery_key()
    first = privacy_queries.recovery_key().id
    assert "already" in terminal("init", "--piped").output
    assert privacy_queries.recovery_key().id == first
    make_recovery_key("--replace")
    assert privacy_queries.recovery_key().id != first
    assert session.scalars(select(Holding).where(Holding.person_id == first)).all() == []


def test_healing_an_office_whose_people_have_all_gone(
    make_recovery_key, terminal, session, administrator, office, sign_in
):
    sent = factories.sent()
    code = make_recovery_key()
    sign_in(f"reader:{LEAD}")
    for reader in queries.members(office.id):
        people.end(administrator, reader)
    newcomer = add("neu@stadt.example", [RoleName.READER], [LEAD])
    service.open_mailboxes()
    ring = ring_of(newcomer, NEW)
    assert set(ring.keys) == {newcomer.principal_id}, "nobody gets in without the paper"
    for typed, said in (
        ("n\n", "Aborted"),
        (f"y\n{code[:-1]}!\n", "no recovery key"),
        (f"y\n{domain.recovery_code(b'x' * 32)}\n", "not the recovery key of this database"),
    ):
        done = terminal("heal", LEAD, "--piped", typed=typed)
        assert done.exit_code == 1
        assert said in done.output
        assert set(ring_of(newcomer, NEW).keys) == {newcomer.principal_id}
    done = terminal("heal", LEAD, "--piped", typed=f"y\n{code.lower()}\n")
    assert done.exit_code == 0, done.output
    assert code_of(newcomer) in done.output
    assert code not in done.output.upper().replace(code.upper(), "", 1)
    ring = ring_of(newcomer, NEW)
    assert privacy.open_with_keys(ring, report_of(sent.number).box_id)
    assert queries.retired_mailboxes() == {}
    assert len(noted(session, "recovery_key_used")) == 1
    assert "nobody waits" in terminal("heal", LEAD, "--piped").output


def test_an_office_that_was_never_sealed_to_the_recovery_key_is_not_healed(
    make_recovery_key, terminal, session, newcomer
):
    code = make_recovery_key()
    done = terminal("heal", LEAD, "--piped", typed=f"y\n{code}\n")
    assert done.exit_code == 1
    assert "not sealed to the recovery key yet" in done.output


def test_a_demonstration_that_no_terminal_shows_makes_no_key(session, capsys):
    from app.wiring import demo

    assert demo.recovery_key() is None
    assert privacy_queries.recovery_key() is None


def test_the_keys_of_the_pages_are_read_with_a_fixed_number_of_statements(session, sign_in, count_statements, newcomer):
    ours, admin = sign_in(f"reader:{LEAD}", "en"), sign_in("administrator", "en")

    def asked():
        found = []
        for client, path in ((ours, "keys"), (admin, "people")):
            client.get(f"/en/account/{path}")
            with count_statements() as said:
                client.get(f"/en/account/{path}")
            found.append(len(said))
        return found

    few = asked()
    for number in range(4):
        add(f"neu{number}@stadt.example", [RoleName.READER], [LEAD])
    assert asked() == few
    assert max(few) <= 14


def test_membership_rows_survive_a_change_that_does_not_concern_them(session, administrator, newcomer, office):
    session.execute(update(Membership).where(Membership.user_id == newcomer.id).values(doubted_at=newcomer.created_at))
    session.expire_all()
    people.change(
        administrator, newcomer, Change("Anders", "en", frozenset({RoleName.READER}), frozenset({LEAD, "ads"}))
    )
    session.expire_all()
    assert {one.organisation_id: one.doubted_at is not None for one in newcomer.memberships} == {
        office.id: True,
        directory.organisations()["ads"].id: False,
    }
    assert recovery.seal_mailboxes(ring_of(newcomer, NEW)) == 0
