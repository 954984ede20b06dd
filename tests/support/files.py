"""A bucket in memory."""


class MemoryFiles:
    """Files by key; `sizes` claims another size for some."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}

    def size(self, key: str) -> int | None:
        found = self.sizes.get(key)
        return found if found is not None else len(self.stored[key]) if key in self.stored else None

    def read(self, key: str, start: int, length: int) -> bytes:
        return self.stored[key][start : start + length]

    def write(self, key: str, content: bytes) -> None:
        self.stored[key] = content

    def upload_url(self, key: str, seconds: int) -> str:
        return f"memory://{key}?{seconds}"

    def download_url(self, key: str, seconds: int) -> str:
        return f"memory://{key}?{seconds}"
