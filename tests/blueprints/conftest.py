"""Pages are tested through the whole portal."""

from tests.support.client import client, demo, demo_template, portal, standing_portal
from tests.support.database import sqlite_template, sqlite_url

__all__ = ["client", "demo", "demo_template", "portal", "sqlite_template", "sqlite_url", "standing_portal"]
