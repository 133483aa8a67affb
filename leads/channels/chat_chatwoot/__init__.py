"""Chatwoot: live chat and the inboxes connected with it."""
