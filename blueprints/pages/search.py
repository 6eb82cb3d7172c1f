"""Finding a service by the words people use for it, forgiving how Arabic is typed."""

from collections.abc import Iterable

from engine.search import norm
from engine.service import Service
from operations.rendering import translate


def matching(asked: str, services: Iterable[Service]) -> list[Service]:
    """The services all of whose asked words appear in their title, summary or other names, in either language."""
    words = norm(asked).split()
    return [service for service in services if all(word in _text(service) for word in words)]


def _text(service: Service) -> str:
    texts = (service.title, service.summary, *service.known_as)
    return norm(" ".join(translate(text, language) for text in texts for language in ("ar", "en")))
