"""Ladder definitions, one TOML file each."""
