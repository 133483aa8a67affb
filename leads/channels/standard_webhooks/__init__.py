"""Senders that follow the Standard Webhooks specification (Svix, Resend and others)."""
