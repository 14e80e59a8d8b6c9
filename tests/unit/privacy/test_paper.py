"""Keys that people write down, and codes that they read out to one another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy import domain
from app.privacy.domain import Mistyped

keys = st.binary(min_size=32, max_size=32)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(keys)
def test_what_is_written_down_is_read_again(key):
    code = domain.recovery_code(key)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert domain.read_recovery_code(code) == key


@given(keys, st.sampled_from(["", " ", "  ", "\n", "–", "."]))
def test_separators_and_small_letters_do_no_harm(key, separator):
    typed = separator.join(domain.recovery_code(key).split("-")).lower()
    assert domain.read_recovery_code(typed) == key


def test_letters_that_look_like_figures_count_as_these():
    code = domain.recovery_code(bytes(32))
    assert code.startswith("0000")
    assert domain.read_recovery_code(code.replace("0", "O").replace("1", "l")) == bytes(32)


@given(keys, st.integers(0, 55), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_noticed(key, place, sign):
    signs = domain.recovery_code(key).replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    if wrong == signs:
        return
    with pytest.raises(Mistyped):
        domain.read_recovery_code(wrong)


@given(st.text(max_size=80))
def test_anything_else_is_no_recovery_key(typed):
    with pytest.raises(Mistyped):
        domain.read_recovery_code(typed)


@given(keys, keys)
def test_check_codes_tell_keys_apart(one, other):
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", domain.check_code(one))
    assert (domain.check_code(one) == domain.check_code(other)) is (one == other)


def test_the_public_half_follows_from_the_private_one():
    private, public = domain.new_key_pair()
    assert domain.public_key_of(private) == public
