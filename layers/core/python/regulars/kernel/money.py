"""Money: integer minor units of one currency, never floats (law L6)."""

AMOUNT_MAX = 10**11
"""The largest amount of one line or purchase, in minor units."""

_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}
CURRENCY_PATTERN = r"^[A-Z]{3}$"


def minor_units(currency: str) -> int:
    """How many minor units make one unit of the currency: 100 for CNY, 1 for JPY (ISO 4217)."""
    return int(10 ** _EXPONENTS.get(currency, 2))


def amount_text(amount: int, currency: str) -> str:
    """An amount of minor units for people: `1234` CNY is `12.34 CNY`."""
    exponent = _EXPONENTS.get(currency, 2)
    if not exponent:
        return f"{amount} {currency}"
    units, rest = divmod(abs(amount), 10**exponent)
    return f"{'-' if amount < 0 else ''}{units}.{rest:0{exponent}d} {currency}"
