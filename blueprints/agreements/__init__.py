"""The page of somebody who is asked to agree to another's application: no account, a link and a code."""

from blueprints.agreements.routes import blueprint

LIMITS = {"agreements.answer": "20/minute", "agreements.send_code": "10/minute", "agreements.send_again": "10/minute"}

__all__ = ["LIMITS", "blueprint"]
