"""The vendors' stand-ins, for development and tests only: they speak the vendors' HTTP, and no money or message is real."""
