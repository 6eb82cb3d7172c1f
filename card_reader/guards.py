"""Who may speak with the agent at all: any page in any browser, and any program of any user, can reach a port of this computer."""

import os
import socket
import struct
from pathlib import Path

TABLES = {socket.AF_INET: Path("/proc/net/tcp"), socket.AF_INET6: Path("/proc/net/tcp6")}
KNOWS_USERS = TABLES[socket.AF_INET].exists()  # Linux


def own_names(port: int) -> frozenset[str]:
    """What a Host header may be. A name of somebody else's that resolves to this computer (DNS rebinding) is none of them."""
    return frozenset(f"{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]"))


def same_user(caller: tuple[str, int], port: int) -> bool:
    """Whether the socket that calls our port belongs to the user we run as. Elsewhere than on Linux nobody can say, and everybody passes.

    `caller` is the address and port of the other end.
    """
    return not KNOWS_USERS or _owner(caller, port) == os.geteuid()


def _owner(caller: tuple[str, int], port: int) -> int | None:
    """A program may reach an IPv4 address through a socket of IPv6: then the same pair stands in the other table."""
    for family, table in TABLES.items():
        pair = f" {_written(family, *caller)} {_written(family, '127.0.0.1', port)} "
        _, found, row = table.read_text().partition(pair) if table.exists() else ("", "", "")
        if found:
            return int(row.split(maxsplit=5)[4])  # after state, queues, timer and retransmissions
    return None


def _written(family: socket.AddressFamily, address: str, port: int) -> str:
    """As in /proc/net/tcp: 32-bit words in this computer's byte order, in hexadecimal."""
    packed = socket.inet_aton(address)
    if family is socket.AF_INET6:
        packed = bytes(10) + b"\xff\xff" + packed
    words = (struct.unpack("=I", packed[at : at + 4])[0] for at in range(0, len(packed), 4))
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
