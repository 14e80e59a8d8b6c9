"""A check that never fails checks nothing: each fault, one by one."""

import pytest

from tests.support.pages import faults
from tests.support.statements import writes

PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="{viewport}">
{head}
</head>
<body><main><h1>{h1}</h1>{main}</main></body>
</html>"""
SOUND = {
    "lang": "de", "dir": "ltr", "title": "Titel", "viewport": "width=device-width", "head": "", "h1": "Titel",
    "main": "",
}  # fmt: skip
POLICY = "script-src 'self' 'nonce-abc'"


def page(**changes):
    return PAGE.format(**SOUND | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lang": "ar", "dir": "rtl"},
        {"main": '<form action="/de/" method="post"><label for="a">A</label><input id="a" name="a"></form>'},
        {"main": '<form action="/de/" method="get"><label>A <select name="a"><option>1</select></label></form>'},
        {"main": '<p id="hint">…</p><input name="a" aria-label="A" aria-describedby="hint"><a href="#hint">…</a>'},
        {"main": '<script nonce="abc">1</script><script type="application/json">{}</script>'},
        {"main": '<img src="/a.png" alt=""><svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>'},
        {"head": '<link rel="alternate" hreflang="en" href="https://karte.example/en/">'},
    ],
)
def test_a_sound_page_has_no_fault(changes):
    assert faults(page(**changes), POLICY) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lang": "xx"}, "lang='xx'"),
        ({"lang": "ar"}, "dir='ltr'"),
        ({"title": " "}, "no title"),
        ({"h1": ""}, "not one h1"),
        ({"main": "<h1>Noch eins</h1>"}, "not one h1"),
        ({"main": "<h2> </h2>"}, "h2 is empty"),
        ({"main": "<p><div></p></div>"}, "unexpected-end-tag"),
        ({"main": "<b>offen"}, "end-tag-too-early"),
        ({"viewport": "width=device-width, maximum-scale=1"}, "forbids zooming"),
        ({"main": '<form method="post"></form>'}, "action=None"),
        ({"main": '<form action="/de/"></form>'}, "method=None"),
        ({"main": '<form action="https://elsewhere.example/" method="post"></form>'}, "another host"),
        ({"main": "<button></button>"}, "says nothing"),
        ({"main": '<p id="a"></p><p id="a"></p>'}, "used twice"),
        ({"main": '<p aria-describedby="a"></p>'}, "leads nowhere"),
        ({"main": '<a href="#a">a</a>'}, "leads nowhere"),
        ({"main": '<label for="a">A</label>'}, "leads to no control"),
        ({"main": '<label for="a">A</label><p id="a"></p>'}, "leads to no control"),
        ({"main": '<input name="a">'}, "has no label"),
        ({"main": "<textarea></textarea>"}, "has no label"),
        ({"main": '<img src="/a.png">'}, "no alt"),
        ({"main": '<img src="https://elsewhere.example/a.png" alt="">'}, "another host"),
        ({"head": '<link rel="stylesheet" href="//elsewhere.example/a.css">'}, "another host"),
        ({"main": '<p style="color:red"></p>'}, "inline style"),
        ({"main": '<p onclick="go()"></p>'}, "inline script"),
        ({"main": '<a href="javascript:go()">a</a>'}, "inline script"),
        ({"head": "<style>p {}</style>"}, "no nonce"),
        ({"main": "<script>1</script>"}, "no nonce"),
        ({"main": '<script nonce="old">1</script>'}, "no nonce"),
        ({"main": "<p>%(count)s Meldungen</p>"}, "placeholder"),
        ({"main": "<p>{{ name }}</p>"}, "placeholder"),
    ],
)
def test_each_fault_is_found(changes, words):
    found = faults(page(**changes), POLICY)
    assert any(words in fault for fault in found), found


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("  update a SET b = 1", True),
        ("DELETE FROM a", True),
        ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", True),
        ("SELECT a FROM b", False),
        ("SELECT a FROM b FOR UPDATE SKIP LOCKED", False),
        ("SELECT updated_at, deleted FROM b", False),
        ("PRAGMA foreign_keys", False),
    ],
)
def test_writing_statements_are_told_from_reading_ones(statement, answer):
    assert writes(statement) is answer
