"""Servers that speak real HTTP in place of the services that Muza talks to."""
