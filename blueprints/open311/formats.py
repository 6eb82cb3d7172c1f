"""What is answered, as JSON or as XML. Both are made of the same Python values: the name of a list says what its elements are called."""

import json
import re
from typing import Any
from xml.etree import ElementTree

from flask import make_response
from flask.wrappers import Response

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ELEMENTS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(form: str, root: str, value: Any, status: int = 200) -> Response:
    """`root` is the name of the whole, which only XML writes."""
    body = json.dumps(value, ensure_ascii=False) if form == "json" else _xml(root, value)
    response = make_response(body, status)
    response.headers["Content-Type"] = TYPES[form]
    return response


def sorry(form: str, status: int, description: str) -> Response:
    return answer(form, "errors", [{"code": status, "description": description}], status)


def _xml(root: str, value: Any) -> str:
    text = ElementTree.tostring(_element(root, value), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _element(name: str, value: Any) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, dict):
        made.extend(_element(key, each) for key, each in value.items())
    elif isinstance(value, list):
        made.extend(_element(ELEMENTS[name], each) for each in value)
    elif value is not None:
        made.text = _NOT_IN_XML.sub("", _word(value))
    return made


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
