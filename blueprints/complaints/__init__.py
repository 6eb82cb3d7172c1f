"""What everybody may see of complaints: the map, the list, each of them; supporting one."""

from blueprints.accounts.routes import cost
from blueprints.complaints import publication
from blueprints.complaints.routes import LIMITS, blueprint

__all__ = ["LIMITS", "blueprint", "cost", "publication"]
