"""`regulars ledger recount`: the deployed function that counts what the books missed, invoked until all of the ledger was looked at."""

import json
from typing import Any

from regulars.kernel.language import Language
from regulars_local import texts
from regulars_local.running import RefusedError, RunningStack


def recount(running: RunningStack, language: Language) -> None:
    """Prints how many entries were looked at, and how many of them the books had missed.

    Raises:
        RefusedError: the function failed; what it counted before stays counted, so it can be run again.
    """
    entries = counted = 0
    rest: dict[str, Any] | None = {}
    while rest is not None:
        reply = running.cloud.functions.invoke(FunctionName=running.outputs["FunctionRecountBooks"], Payload=json.dumps(rest).encode())
        answer = json.loads(reply["Payload"].read())
        if reply.get("FunctionError"):
            raise RefusedError(str(answer.get("errorMessage", answer)))
        entries, counted, rest = entries + answer["entries"], counted + answer["counted"], answer["rest"]
    print(texts.RECOUNTED.render(language, entries=entries, counted=counted))
