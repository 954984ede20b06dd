"""Work that is longer than a request: imports, exports, and programmes that are tried on past facts."""
