"""Brings the bank's answers to the merchants' servers: a background thread that tries a few times, then leaves it at that."""

import logging
import threading

import httpx

from sandbox.bank.keys import Keys
from sandbox.bank.orders import Order, Orders
from sandbox.bank.wire import reply

PAUSES = (1, 3, 10, 30, 60)
TIMEOUT = httpx.Timeout(5)
LOOK_EVERY = 0.2
log = logging.getLogger("bank")


class Courier(threading.Thread):
    """Sends what is due. What it could not send before a restart it finds again in the book."""

    def __init__(self, orders: Orders, keys: Keys) -> None:
        super().__init__(name="courier", daemon=True)
        self._orders, self._keys, self._bell = orders, keys, threading.Event()
        self._http = httpx.Client(timeout=TIMEOUT)

    def ring(self) -> None:
        """There is something to send: do not wait for the next look."""
        self._bell.set()

    def run(self) -> None:
        while True:
            self._bell.wait(LOOK_EVERY)
            self._bell.clear()
            for post, attempts, order in self._orders.due_posts():
                if self._sent(order):
                    self._orders.delivered(post)
                else:
                    self._orders.again(post, PAUSES[min(attempts, len(PAUSES) - 1)])

    def _sent(self, order: Order) -> bool:
        address = order.request.get("override_backoffice_post_url")
        if not address:
            return True
        try:
            answer = self._http.post(address, data=reply(order, self._keys))
        except httpx.HTTPError as trouble:
            log.warning("merchant post of %s: %s", order.reference, type(trouble).__name__)
            return False
        log.info("merchant post of %s: %s", order.reference, answer.status_code)
        return answer.is_success
