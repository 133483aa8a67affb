"""HubSpot: contacts announced by an app, or sent whole by a workflow."""
