"""How senders sign: seven families, each with its verifier and, beside it, the signer that matches.

A family is a small frozen object that a channel fills in: `BodySignature("x-hub-signature-256",
prefixes=("sha256=",))`. Its `verify` and `sign` are what an `Adapter` takes.

- `body`: of the body, also behind a fixed text (Meta, Typeform, Intercom, LinkedIn, CallRail)
- `timed_body`: of a moment and the body (Stripe, Calendly, Chatwoot, Crisp)
- `standard_webhooks`: of id, moment and body
- `whole_request`: of method, address, body and moment (HubSpot)
- `address_and_form`: of the address and the form's fields (Twilio)
- `tokens`: the secret itself, in a header, the address, a password or the body
"""
