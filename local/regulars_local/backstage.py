"""The product's own objects, wired to the emulated cloud: what only the owner of the machine may look at."""

from regulars.members.codes import verification_code
from regulars.settings import Settings
from regulars.wiring import Wiring
from regulars_local.running import RunningStack

# The delivery function may read everything a message needs: its environment is all the tools need, too.
_SETTINGS_OF = "FunctionDeliverMessages"


def wiring_of(running: RunningStack) -> Wiring:
    """A wiring with the deployed settings whose clients go to the emulator."""
    configuration = running.cloud.functions.get_function_configuration(FunctionName=running.outputs[_SETTINGS_OF])
    environment = configuration.get("Environment", {}).get("Variables", {})
    return Wiring(Settings(environment), client=running.cloud.client)


def code_of(wiring: Wiring, registration_id: str, attempt: int = 1) -> str:
    """The verification code of a registration, as the message has it: computed, since no table keeps it (S4)."""
    return verification_code(wiring.keys, registration_id, attempt)
