"""The pages. One folder per concept; each named module has a ``blueprint``."""

BLUEPRINTS = (
    "escalation.web.start.views",
    "escalation.web.guide.views",
    "escalation.web.cases.views",
    "escalation.web.filing.views",
    "escalation.web.statement.views",
    "escalation.web.documents.views",
    "escalation.web.accounts.views",
    "escalation.web.decisions.views",
    "escalation.web.followups.views",
    "escalation.web.watch.views",
    "escalation.web.watch.probes",
)
