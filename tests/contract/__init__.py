"""Each port's suite, run on the fake and on the real adapter: so the fakes stay honest."""
