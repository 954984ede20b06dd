"""会员: registration, verification, review, profile, consents, card, status; the one context that holds personal data."""
