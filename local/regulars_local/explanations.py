"""What can go wrong outside a command's power, in one line for people."""

from pathlib import Path

from regulars.kernel.language import Language
from regulars_local import texts
from regulars_local.deployment import DeploymentError
from regulars_local.emulator import EmulatorError
from regulars_local.home import AlreadyRunningError
from regulars_local.relaying import RelayFailedError
from regulars_local.running import NotRunningError, RefusedError


def explained(error: Exception, language: Language, home: Path) -> str | None:
    """The line for an error; nothing for one that is a mistake of ours and shall be seen whole."""
    match error:
        case NotRunningError():
            return texts.NOT_RUNNING.render(language, home=home)
        case AlreadyRunningError():
            return texts.ALREADY_RUNNING.render(language, home=home, pid=error.pid)
        case RefusedError():
            return texts.REFUSED.render(language, reason=error)
        case EmulatorError() | DeploymentError() | RelayFailedError():
            return texts.FAILED.render(language, reason=error)
    return None
