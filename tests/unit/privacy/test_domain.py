import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy import domain
from app.privacy.domain import CannotOpen, Keyring

NONCES = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=40)
PEPPER = "a pepper"


# Receipts ------------------------------------------------------------------------------------------------------------


@given(NONCES)
def test_a_receipt_is_thirty_digits_in_six_groups_of_five(nonce):
    digits = domain.receipt_from(nonce, PEPPER)
    assert len(digits) == 30
    assert digits.isascii()
    assert digits.isdecimal()
    assert [len(group) for group in domain.grouped(digits)] == [5] * 6
    assert "".join(domain.grouped(digits)) == digits


@given(NONCES, NONCES)
def test_a_receipt_follows_from_nonce_and_pepper_and_from_nothing_else(one, other):
    assert domain.receipt_from(one, PEPPER) == domain.receipt_from(one, PEPPER)
    assert domain.receipt_from(one, PEPPER) != domain.receipt_from(one, "another pepper")
    if one != other:
        assert domain.receipt_from(one, PEPPER) != domain.receipt_from(other, PEPPER)


@given(NONCES)
def test_a_receipt_is_read_however_it_is_written(nonce):
    digits = domain.receipt_from(nonce, PEPPER)
    groups = domain.grouped(digits)
    arabic = digits.translate({ord("0") + number: 0x0660 + number for number in range(10)})
    persian = digits.translate({ord("0") + number: 0x06F0 + number for number in range(10)})
    for typed in (digits, " ".join(groups), "-".join(groups), f"  {digits}\n", arabic, persian):
        assert domain.read_receipt(typed) == digits


@given(NONCES, st.integers(0, 29), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(nonce, place, step):
    digits = domain.receipt_from(nonce, PEPPER)
    wrong = str((int(digits[place]) + step) % 10)
    assert domain.read_receipt(digits[:place] + wrong + digits[place + 1 :]) is None


@given(NONCES, st.integers(0, 29), st.integers(0, 29))
def test_every_transposition_is_noticed(nonce, one, other):
    digits = list(domain.receipt_from(nonce, PEPPER))
    swapped = digits.copy()
    swapped[one], swapped[other] = swapped[other], swapped[one]
    if swapped != digits:
        assert domain.read_receipt("".join(swapped)) is None


@given(NONCES, st.integers(0, 29))
def test_a_missing_or_doubled_digit_is_noticed(nonce, place):
    digits = domain.receipt_from(nonce, PEPPER)
    assert domain.read_receipt(digits[:place] + digits[place + 1 :]) is None
    assert domain.read_receipt(digits[:place] + digits[place] + digits[place:]) is None


@pytest.mark.parametrize("typed", ["", "abc", "²" * 30, "0" * 29, "٠" * 31, "1" * 10_000])
def test_what_cannot_be_a_receipt_is_none(typed):
    assert domain.read_receipt(typed) is None


@given(NONCES)
def test_lookup_and_key_say_nothing_of_each_other_and_need_the_pepper(nonce):
    digits = domain.receipt_from(nonce, PEPPER)
    lookup, key = domain.receipt_lookup(digits, PEPPER), domain.receipt_key(digits, PEPPER)
    assert lookup != key
    assert lookup != domain.receipt_lookup(digits, "another pepper")
    assert key != domain.receipt_key(digits, "another pepper")
    assert digits.encode() not in lookup + key


# Contents ------------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_what_is_encrypted_comes_back(plain, context):
    key = domain.new_secret()
    ciphertext = domain.encrypt(key, plain, context)
    assert domain.decrypt(key, ciphertext, context) == plain
    assert len(plain) < 4 or plain not in ciphertext


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_changed_ciphertext_cannot_be_opened(plain, data):
    key = domain.new_secret()
    ciphertext = bytearray(domain.encrypt(key, plain, b"here"))
    place = data.draw(st.integers(0, len(ciphertext) - 1))
    ciphertext[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        domain.decrypt(key, bytes(ciphertext), b"here")


def test_a_wrong_context_or_key_cannot_open():
    key = domain.new_secret()
    ciphertext = domain.encrypt(key, b"words", b"here")
    with pytest.raises(CannotOpen):
        domain.decrypt(key, ciphertext, b"elsewhere")
    with pytest.raises(CannotOpen):
        domain.decrypt(domain.new_secret(), ciphertext, b"here")
    with pytest.raises(CannotOpen):
        domain.decrypt(key, b"", b"here")


def test_the_same_words_are_never_encrypted_the_same():
    key = domain.new_secret()
    assert domain.encrypt(key, b"words", b"") != domain.encrypt(key, b"words", b"")


@given(st.binary(max_size=1600) | st.sampled_from([b"\x80", b"\x80\x00", b"\x00" * 511, b"x" * 511, b"x" * 512]))
def test_padding_hides_the_length_and_goes_again(plain):
    padded = domain.pad(plain)
    assert len(padded) % domain.PADDING == 0
    assert len(padded) > len(plain)
    assert domain.unpad(padded) == plain


# Keys ----------------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=100))
def test_only_the_private_key_opens_what_is_sealed_to_the_public_key(secret):
    private, public = domain.new_key_pair()
    stranger, _ = domain.new_key_pair()
    sealed = domain.seal_to(public, secret)
    assert domain.unseal(private, sealed) == secret
    with pytest.raises(CannotOpen):
        domain.unseal(stranger, sealed)


def test_a_password_wraps_a_private_key():
    private, _ = domain.new_key_pair()
    wrapped = domain.wrap_with_password("right", private)
    assert private not in wrapped.ciphertext
    assert domain.unwrap_with_password("right", wrapped) == private
    with pytest.raises(CannotOpen):
        domain.unwrap_with_password("wrong", wrapped)


def test_the_same_password_wraps_differently_for_two_people():
    private, _ = domain.new_key_pair()
    one, other = (domain.wrap_with_password("same", private) for _ in range(2))
    assert one.salt != other.salt
    assert one.ciphertext != other.ciphertext


def test_keys_do_not_show_in_a_representation():
    secret = b"k" * 32
    shown = repr(domain.BoxKey("box", secret)) + repr(Keyring({"somebody": secret}))
    assert "kkkk" not in shown
