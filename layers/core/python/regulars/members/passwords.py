"""What a password must be: long enough and not easily guessed; no rules of composition (ASVS 6.2); pure."""

import unicodedata

from regulars.members.errors import PasswordTooCommonError, PasswordUnfitError

PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 128

# Words that are guessed first; what a guesser adds to them (digits, a mark) is stripped before the comparison.
_WORD_LIST = (
    "password passwort passw0rd p@ssword p@ssw0rd pass admin administrator welcome login letmein iloveyou love sunshine princess "
    "football baseball basketball soccer monkey dragon master shadow superman batman michael jennifer jordan hunter killer "
    "charlie flower secret freedom whatever trustno hello test testing guest user changeme default access computer internet "
    "starwars pokemon google facebook tencent wechat weixin alipay taobao regulars member membership huiyuan mima woaini "
    "nihao aini zhang wang qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc"
)
_WORDS = frozenset(_WORD_LIST.split())
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol")
_ADDED = "0123456789!?.,@#$*_- "


def require_fit(password: str) -> None:
    """Lets a password pass that is hard to guess; its length is checked by the request's model.

    Raises:
        PasswordUnfitError: a space at an end, or a control character.
        PasswordTooCommonError: a common word, a row of keys, a sequence or a repetition.
    """
    if password != password.strip() or any(unicodedata.category(character) == "Cc" for character in password):
        raise PasswordUnfitError
    plain = unicodedata.normalize("NFKC", password).casefold()
    if _is_row(plain) or _is_repetition(plain) or plain.strip(_ADDED) in _WORDS or len(set(plain)) < 4:
        raise PasswordTooCommonError


def _is_row(plain: str) -> bool:
    return any(plain in row or plain[::-1] in row for row in _ROWS)


def _is_repetition(plain: str) -> bool:
    """A piece of at most four characters said again and again, such as `abc1abc1`."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5))
