"""How personal fields are shown to people who need not see all of them (ASVS 14.2.6)."""


def masked_phone(phone: str) -> str:
    """`+86138****5678`: the country and the last four digits, the rest hidden."""
    return f"{phone[:3]}{'*' * max(len(phone) - 7, 0)}{phone[-4:]}"


def masked_email(address: str) -> str:
    """`a***@e***.com`: the first letters and the last label."""
    local, _, domain = address.rpartition("@")
    host, _, last = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{last}"


def masked_contact(address: str) -> str:
    """A phone or an e-mail address, masked."""
    return masked_email(address) if "@" in address else masked_phone(address)


def masked_name(name: str) -> str:
    """`王*`: the first character."""
    return f"{name[:1]}*"
