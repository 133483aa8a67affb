"""Meta asks once, when a webhook is set up, whether the address knows the verify token."""

import hmac

from leads.channels.adapter import Config, Delivery, Reply

_CHALLENGE_LIMIT = 500


def shake_hands(delivery: Delivery, config: Config) -> Reply | None:
    """The challenge as plain text, whatever is in it; 403 for another token."""
    if delivery.method != "GET" or "hub.mode" not in delivery.query:
        return None
    token = str(config.options.get("verify_token") or "")
    given = delivery.query.get("hub.verify_token", "")
    is_ours = hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), token.encode("utf-8", "surrogatepass")
    )
    if not token or not is_ours or delivery.query["hub.mode"] != "subscribe":
        return Reply(status=403, body="The verify token is not the one set here.")
    return Reply(body=delivery.query.get("hub.challenge", "")[:_CHALLENGE_LIMIT])
