"""The reference: the interface's document and a page to read it."""
