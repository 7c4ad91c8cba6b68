"""All the commands, each sent to its workflow as an update, a signal or a query."""

from __future__ import annotations

from api.commands.approvals import Approvals
from api.commands.changing import Changing
from api.commands.confirming import Confirming
from api.commands.holding import Holding
from api.commands.operations import Operations
from api.commands.workers import Workers


class TemporalCommands(Holding, Confirming, Approvals, Changing, Operations, Workers):
    """Every call is safe to repeat: the workflow decides once. Made with Temporal's client and the settings."""
