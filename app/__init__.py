"""Teilhabekarte: measures and services on a district map, reports that reach the right office."""
