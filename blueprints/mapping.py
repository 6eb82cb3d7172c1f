"""What the map of a page is told: which drawing it shows, where, and which areas by name. Tiles come only from where the settings say."""

from typing import Any

from flask import current_app

from blueprints.language import locale
from blueprints.page import asset
from engine.fields import Area, Field, Place
from operations import rendering


def asking(field: Place) -> dict[str, Any]:
    """For the map on which a point is chosen; templates/components/place.html adds the words."""
    sketch = asset(f"maps/{field.sketch}.json") if field.sketch else None
    return {"within": field.within, "areas": [_area(area) for area in field.areas], "sketch": sketch, "tiles": _tiles()}


def shown(field: Field | None, value: Any) -> dict[str, Any] | None:
    """For the map that shows an answer; None for what is no point."""
    if not isinstance(field, Place) or not value:
        return None
    return {**asking(field), "point": [value["latitude"], value["longitude"]]}


def _area(area: Area) -> dict[str, Any]:
    return {"code": area.code, "title": rendering.shown(area.title, locale()), "point": [area.latitude, area.longitude]}


def _tiles() -> dict[str, str] | None:
    """Where tiles come from and whom to thank for them; None without."""
    url = current_app.config["MAP_TILES"]
    return {"url": url, "thanks": current_app.config["MAP_ATTRIBUTION"]} if url else None
