"""The phone of a member of staff: an authenticator app, as far as tests need one."""

import datetime as dt
from dataclasses import dataclass

import pyotp

from models import Account, Role
from operations import now, second_factor
from tests.support.builders import a_person


@dataclass
class Authenticator:
    """Shows the code of now, or of so many half minutes from now."""

    key: str

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.key.replace(" ", "")).at(now.now() + dt.timedelta(seconds=30 * steps))


def a_clerk(**data: str) -> Account:
    """Staff without a second factor yet."""
    clerk = a_person(**data)
    Role.create(account=clerk, name="clerk", authority="chamber")
    return clerk


def set_up(clerk: Account) -> tuple[Authenticator, list[str]]:
    """The app is set up with the code before the present one, so that the present one is still good. Also the recovery codes."""
    app = Authenticator(second_factor.proposal(clerk).key)
    held = second_factor.hold(clerk, second_factor.Assurance.PASSWORD, "password")
    return app, second_factor.set_up_held(held, app.code(-1), address="192.0.2.1")[1]
