"""The photo that is printed on cards and papers of the residency.

Source: the seed's article of November 2023, two personal photos of 4 × 6 cm. *[ours]*: one file stands for both, as it is printed as often
as it is needed; what makes it fit stands with the field `Photo`.
"""

from engine.fields import Photo
from engine.wording import _

PHOTO = Photo(
    "photo",
    _("Photo, 4 × 6 cm"),
    _("A new one, from the front, before a light wall."),
)
