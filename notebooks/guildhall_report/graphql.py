"""Asks a Guildhall server by GraphQL."""

import time

import requests

WITHIN_S = 30
TRIES_MAX = 10


class GraphQL:
    """One server. Every question has a time limit of WITHIN_S seconds."""

    def __init__(self, url: str):
        self.url = url
        self._session = requests.Session()

    def ask(self, query: str, **variables) -> dict:
        """The answer's data. Tries again after a retryable error; raises RuntimeError with the server's
        words."""
        for attempt in range(TRIES_MAX):
            body = {"query": query, "variables": variables}
            answer = self._session.post(self.url, json=body, timeout=WITHIN_S).json()
            errors = answer.get("errors", [])
            if not errors:
                return answer["data"]
            if not all(error.get("extensions", {}).get("retryable") for error in errors):
                break
            time.sleep(0.1 * (attempt + 1))
        raise RuntimeError(f"GraphQL: {errors[0]['message']}")
