"""Everything can be done without a mouse, and one always sees where one is."""

import pytest

from tests.support.steps import receipt_on, standing_at
from tests.support.walks import GAP

PRESSES_MAX = 400

HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  one.dataset.reached = 'yes';
  return {what: one.outerHTML.slice(0, 160), seen: seen || one.matches('main, [tabindex="-1"]'),
          size: box.width * box.height, name: one.name || '', value: one.value || '', tag: one.localName,
          type: one.type || ''};
}"""
UNREACHED = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}) && !one.disabled
    && one.tabIndex >= 0 && one.type !== 'hidden' && !one.dataset.reached)
  .filter(one => one.type !== 'radio'
    || ![...document.getElementsByName(one.name)].some(other => other.dataset.reached))
  .map(one => one.outerHTML.slice(0, 160))"""


def tab_through(page):
    """Press Tab until the focus leaves the page; gives where it was."""
    found = []
    for _ in range(PRESSES_MAX):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            return found
        found.append(here)
    pytest.fail("the keyboard is caught on the page")


@pytest.mark.parametrize(
    "path", ["/de/", "/ar/", "/de/map", "/de/plans", "/de/report", "/de/receipt", "/de/account/login"]
)
def test_every_control_is_reached_and_shows_it(visitor, server, path):
    person = visitor(server.origin)
    page = person.go(path)
    page.wait_for_load_state("networkidle")
    found = tab_through(page)
    assert 'href="#main"' in found[0]["what"], "the first stop is not the way to the content"
    assert page.evaluate(UNREACHED) == []
    assert [here["what"] for here in found if not here["seen"]] == []


def test_the_first_link_leads_past_the_menu(visitor, server):
    page = visitor(server.origin).go("/de/plans")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def press_on(page, wanted):
    """Tab to a control and stop there."""
    for _ in range(PRESSES_MAX):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here and wanted(here):
            return here
    pytest.fail("the keyboard never came there")


def test_a_report_is_sent_with_the_keyboard_alone(visitor, server):
    page = visitor(server.origin).go("/ar/report")
    press_on(page, lambda here: here["name"] == "go" and here["value"] == "next")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _ in range(30):
        question = standing_at(page)
        if not question:
            break
        for name, given in GAP.items():
            for value in given if isinstance(given, list) else [given]:
                answer(page, name, value)
        wanted = "send" if question == "check" else "next"
        press_on(page, lambda here, wanted=wanted: (here["name"], here["value"]) == ("go", wanted))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert standing_at(page) != question, page.locator("[role=alert]").all_inner_texts()
    assert receipt_on(page)


def answer(page, name, value):
    control = page.locator(f"main form [name='{name}']:not([type=hidden])")
    if not control.count():
        return
    kind = control.first.evaluate("one => one.type || one.localName")
    page.evaluate("document.activeElement.blur()")
    press_on(page, lambda here: here["name"] == name and (kind != "checkbox" or here["value"] == value))
    if kind == "radio":
        page.keyboard.press("Space")
        for _ in range(control.count()):
            if page.evaluate("document.activeElement.value") == value:
                break
            page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.checked && document.activeElement.value") == value
    elif kind == "checkbox":
        page.keyboard.press("Space")
    elif kind == "select-one":
        page.keyboard.type("Winzerla" if page.locator("html").get_attribute("lang") != "ar" else "")
        for _ in range(60):
            if page.evaluate("document.activeElement.value") == value:
                break
            page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.value") == value
    else:
        page.keyboard.type(value)


def test_after_a_refusal_the_keyboard_stands_at_what_is_wrong(visitor, server):
    person = visitor(server.origin)
    person.expected = ("status of 422",)
    page = person.go("/de/report")
    page.locator("main button[name=go][value=next]").click()
    page.locator("main button[name=go][value=next]").click()
    page.wait_for_selector("[data-error-summary]")
    page.wait_for_function("document.activeElement.matches('[data-error-summary]')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "kind"
