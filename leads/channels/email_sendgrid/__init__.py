"""SendGrid: inbound mail handed on as a form by its parse hook."""
