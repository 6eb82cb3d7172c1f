"""SMS over Kannel's sendsms: what goes over the wire, and what the answers mean."""

import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.errors import Unavailable
from gateways.sms import Undeliverable
from gateways.sms.kannel import KannelTexter
from tests.support.processes import free_port


class Telecom(HTTPServer):
    """Answers `status` and remembers what it was asked."""

    status = 202

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/cgi-bin/sendsms"


class Answer(BaseHTTPRequestHandler):
    server: Telecom

    def do_GET(self) -> None:
        self.server.asked.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def telecom() -> Iterator[Telecom]:
    with Telecom() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def texter(telecom: Telecom, **options) -> KannelTexter:
    return KannelTexter(url=telecom.url, username="bawaba", password="pass&word", sender="Bawaba", **options)


def test_an_arabic_text_is_sent_as_ucs2(telecom: Telecom):
    texter(telecom).send(to="+96890000001", text="رمزك ٤٨٢٩١٣ & أكثر", key="k1")
    assert telecom.asked == [
        {
            "username": "bawaba",
            "password": "pass&word",
            "from": "Bawaba",
            "to": "+96890000001",
            "text": "رمزك ٤٨٢٩١٣ & أكثر",
            "charset": "UTF-8",
            "coding": "2",
            "binfo": "k1",
        }
    ]


def test_an_english_text_takes_the_cheaper_seven_bits(telecom: Telecom):
    texter(telecom).send(to="+96890000001", text="Your code: 482913", key="k1")
    assert telecom.asked[0]["coding"] == "0"


def test_delivery_reports_are_asked_for_if_wished(telecom: Telecom):
    texter(telecom, dlr_mask=3, dlr_url="https://portal.example/sms/reports").send(to="+96890000001", text="x", key="k1")
    assert telecom.asked[0]["dlr-mask"] == "3"
    assert telecom.asked[0]["dlr-url"] == "https://portal.example/sms/reports"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Undeliverable),
        (404, Undeliverable),
        (401, Unavailable),
        (403, Unavailable),
        (429, Unavailable),
        (302, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_the_telecoms_answer_decides_whether_to_try_again(telecom: Telecom, status: int, failure: type[Exception]):
    telecom.status = status
    with pytest.raises(failure):
        texter(telecom).send(to="+96890000001", text="x", key="k1")


def test_a_telecom_that_is_not_there_may_be_there_later():
    url = f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms?username=a&password=b"
    with pytest.raises(Unavailable):
        KannelTexter.from_url(url, sender="Bawaba").send(to="+96890000001", text="x", key="k1")


def test_a_telecom_that_never_answers_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        KannelTexter(url=url, username="a", password="b", sender="c", timeout=0.2).send(to="+96890000001", text="x", key="k1")


def test_one_address_holds_all_settings(telecom: Telecom):
    url = f"{telecom.url}?username=bawaba&password=p%26q&dlr-mask=1&dlr-url=https%3A%2F%2Fa.example"
    KannelTexter.from_url(url, sender="Bawaba").send(to="+96890000001", text="x", key="k1")
    assert telecom.asked[0]["password"] == "p&q"
    assert telecom.asked[0]["dlr-mask"] == "1"
    assert telecom.asked[0]["dlr-url"] == "https://a.example"


def test_neither_the_password_nor_the_code_is_logged(telecom: Telecom, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        texter(telecom).send(to="+96890000001", text="482913", key="k1")
    assert "/cgi-bin/sendsms" in caplog.text
    assert "word" not in caplog.text
    assert "482913" not in caplog.text
    assert "90000001" not in caplog.text
