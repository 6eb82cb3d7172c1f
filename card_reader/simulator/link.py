"""Puts a virtual card into vsmartcard's virtual reader (vpcd): the card is the client, the reader listens.

Each message is two bytes of length, high byte first, and so many bytes. One byte: 0, 1, 2 cut and give power or reset, without an
answer; 4 asks for the answer to reset, and is also how the reader sees that the card is still there. Longer: a command.
"""

import socket
import threading

from card_reader.simulator.card import VirtualCard

POWER = (0, 1, 2)
GIVE_ANSWER_TO_RESET = 4
CONNECTING = 3.0  # seconds: a taken reader does not say so


class Link:
    """A card in the reader at `port`, until `pull`. Raises OSError when there is no such reader or a card is in it."""

    def __init__(self, card: VirtualCard, port: int, host: str = "127.0.0.1") -> None:
        self.card = card
        self._socket = socket.create_connection((host, port), CONNECTING)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve, name=f"virtual card at {port}", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Take the card out. As often as you like."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(2)

    def wait(self) -> None:
        """Until the card is out, or the reader gone."""
        self._thread.join()

    def _serve(self) -> None:
        try:
            while True:
                answer = self._answered(self._received(int.from_bytes(self._received(2), "big")))
                if answer:  # in one write: length and body apart would wait for each other
                    self._socket.sendall(len(answer).to_bytes(2, "big") + answer)
        except OSError:
            pass
        finally:
            self._socket.close()

    def _answered(self, message: bytes) -> bytes:
        if len(message) > 1:
            if self.card.manners.pulled_at == message[1]:
                raise ConnectionAbortedError("pulled")
            return self.card.transmit(message)
        if message and message[0] in POWER:
            self.card.reset()
        return self.card.answer_to_reset if message == bytes([GIVE_ANSWER_TO_RESET]) else b""

    def _received(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            if hasattr(socket, "TCP_QUICKACK"):  # the reader writes length and body apart: without this, 40 ms a message
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._socket.recv(size - len(data))
            if not part:
                raise ConnectionAbortedError("the reader is gone")
            data += part
        return data
