"""The pages. One folder per concept; each named module has a ``blueprint``."""

BLUEPRINTS = ("escalation.web.accounts.views",)
