"""Kills every part of the system between any two steps of every process, and looks whether the promises still hold."""
