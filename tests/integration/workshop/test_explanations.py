"""Why a report came where it is: staff and reporter read the words of the set that decided, whatever holds later."""

from dataclasses import replace

from app.core.clock import today
from app.core.texts import Localized
from app.routing import queries as routing
from app.routing import sets
from app.workshop.proving import prove_rules
from tests.factories import sent
from tests.support.desks import Desk, element
from tests.support.forms import soup

BEFORE = "Because it is about housing, Social Services read your message."
AFTER = Localized({"de": "Jetzt ganz anders.", "en": "Now for another reason."})


def put_other_words_in_force():
    draft = sets.new_draft("somebody")
    rule = next(rule for rule in routing.rules_of(draft.id).rules if rule.key == "housing")
    sets.put_rule(draft, replace(rule, because=AFTER), "somebody", "Plainer", replaces="housing")
    sets.put_in_force(draft, prove_rules(routing.rules_of(draft.id), today()), "somebody", "Plainer")


def reasons(client, receipt, language="en"):
    page = client.post(f"/{language}/receipt", data={"receipt": receipt})
    return soup(page).main.get_text(" ", strip=True)


def test_the_words_of_a_decision_stay_when_the_rules_change(client, session, sign_in):
    decided_by = routing.rules().version
    old = sent()
    put_other_words_in_force()
    new = sent()
    session.commit()
    assert BEFORE in reasons(client, old.receipt)
    assert "Weil es um das Wohnen geht" in reasons(client, old.receipt, "de")
    assert AFTER["en"] in reasons(client, new.receipt)
    desk = Desk(sign_in("reader:soziales", "en"))
    page = desk.case(old.number)
    assert BEFORE in page.text
    assert AFTER["en"] not in page.text
    assert AFTER["en"] in desk.case(new.number).text
    link = element(page, f"a[href$='/version/{decided_by}#rule-housing']")
    rule = element(desk.client.get(link["href"]), "#rule-housing").get_text(" ", strip=True)
    assert BEFORE in rule
    assert "Area of life: Housing" in rule
