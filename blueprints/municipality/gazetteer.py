"""The neighbourhoods of Sohar by name, for whoever chooses a place without a map.

The names are those in everyday use; the points are ours, read off by eye to about a kilometre: good for finding one's way, not a survey.
"""

from engine.fields import Area, Place
from engine.wording import Text, Words, _

WITHIN = (24.05, 56.25, 24.60, 56.90)
"""South, west, north and east of the district, generously."""

AREAS = tuple(
    Area(code, {"en": english, "ar": arabic}, latitude, longitude)
    for code, english, arabic, latitude, longitude in (
        ("sohar-town", "Sohar town centre", "وسط صحار", 24.364, 56.748),
        ("hambar", "Al Hambar", "الهمبار", 24.347, 56.729),
        ("waqiba", "Al Waqiba", "الوقيبة", 24.337, 56.716),
        ("tareef", "Al Tareef", "الطريف", 24.356, 56.713),
        ("sallan", "Sallan", "صلان", 24.383, 56.733),
        ("ghayl-shibul", "Ghayl Al Shibul", "غيل الشبول", 24.398, 56.715),
        ("amq", "Amq", "عمق", 24.413, 56.700),
        ("multaqa", "Al Multaqa", "الملتقى", 24.359, 56.690),
        ("uwaynat", "Al Uwaynat", "العوينات", 24.344, 56.672),
        ("awtab", "Awtab", "عوتب", 24.385, 56.682),
        ("awhi", "Al Awhi", "العوهي", 24.384, 56.645),
        ("falaj-qabail", "Falaj Al Qabail", "فلج القبائل", 24.437, 56.607),
        ("majees", "Majees", "مجيس", 24.461, 56.661),
        ("port", "Sohar Port", "ميناء صحار", 24.497, 56.625),
        ("suwayhra", "Al Suwayhra", "الصويحرة", 24.327, 56.752),
        ("khuwayriya", "Al Khuwayriya", "الخويرية", 24.312, 56.767),
        ("majz-kubra", "Majz Al Kubra", "مجز الكبرى", 24.270, 56.790),
    )
)

ELSEWHERE: Words = {"en": "Sohar", "ar": "صحار"}
"""What is said of a point that lies near none of them."""


def place(name: str, label: Text, hint: Text | None = None, required: bool = True) -> Place:
    """A point in the district: by map, by phone, by coordinates or by the name of its neighbourhood."""
    said = hint or _("Choose the neighbourhood, then move the point to the very spot if you can.")
    return Place(name, label, hint=said, required=required, within=WITHIN, areas=AREAS, sketch="sohar")
