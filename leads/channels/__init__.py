"""The ways in. Each channel has one folder with all it needs; each ends in one capture."""
