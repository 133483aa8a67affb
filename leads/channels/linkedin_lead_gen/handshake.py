"""LinkedIn asks every two hours whether the address knows the client secret."""

import json
import re

from leads.channels.adapter import Config, Delivery, Reply
from leads.channels.signatures.proving import mac

# Deliveries are signed with the same secret. Whoever may choose the code freely has a delivery of
# their own signed here; so nothing but what LinkedIn sends, a UUID, is answered.
_CODE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def shake_hands(delivery: Delivery, config: Config) -> Reply | None:
    """The code and its HMAC by the newest secret, as JSON."""
    if delivery.method != "GET" or "challengeCode" not in delivery.query:
        return None
    code = delivery.query["challengeCode"]
    if not _CODE.fullmatch(code):
        return Reply(status=403, body="The challenge code is not a UUID.")
    if not any(config.secrets):
        return Reply(status=403, body="No client secret is set.")
    answer = {
        "challengeCode": code,
        "challengeResponse": mac(config.secrets[0], code.encode()).decode(),
    }
    return Reply(body=json.dumps(answer), content_type="application/json")
