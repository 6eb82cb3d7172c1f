"""Pages for everyone: home, what a service needs and costs, who we are."""

from blueprints.pages.routes import blueprint

__all__ = ["blueprint"]
