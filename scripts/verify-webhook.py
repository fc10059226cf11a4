"""Verifies one webhook with the reference library, as a subscriber in Python would.

Reads {"secret", "headers", "body"} as JSON from stdin; prints the verified event as JSON.
Exits with 3 when the signature is refused; any other failure is a fault of the set-up.
Needs `pip install standardwebhooks`.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def main() -> int:
    received = json.load(sys.stdin.buffer)
    try:
        event = Webhook(received["secret"]).verify(received["body"], received["headers"])
    except WebhookVerificationError as error:
        print(error, file=sys.stderr)
        return 3
    json.dump(event, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
