"""The secrets the bank shares with one merchant: made once, kept in a file only its owner reads, or given by the environment."""

import base64
import json
import os
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """Named as the wire names them; in the environment BANK_ACCESS_KEY, BANK_PROFILE_ID and so on."""

    access_key: str
    profile_id: str
    secret: str
    merchant_id: str
    rest_key_id: str
    rest_secret: str

    def as_settings(self) -> dict[str, str]:
        return {_variable(name): value for name, value in asdict(self).items()}


def keys_of(path: Path, environment: Mapping[str, str]) -> Keys:
    """What the environment gives, the rest from the file, which is made at the first start."""
    names = [field.name for field in fields(Keys)]
    given = {name: environment[_variable(name)] for name in names if environment.get(_variable(name))}
    kept = {} if len(given) == len(names) else _kept(path)
    return Keys(**{name: given.get(name) or kept[name] for name in names})


def _kept(path: Path) -> dict[str, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return dict(json.loads(path.read_text()))
    made = Keys(
        access_key=secrets.token_hex(16),
        profile_id=str(uuid.uuid4()).upper(),
        secret=secrets.token_hex(64),
        merchant_id="sandbox_bawaba",
        rest_key_id=str(uuid.uuid4()),
        rest_secret=base64.b64encode(secrets.token_bytes(32)).decode(),
    )
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(made), file, indent=2)
    return asdict(made)


def _variable(name: str) -> str:
    return f"BANK_{name.upper()}"
