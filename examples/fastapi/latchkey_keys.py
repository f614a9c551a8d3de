"""The public keys that Latchkey signs with, read when they are needed and held in memory."""

import json
import logging
import math
import threading
import time
import urllib.request
from typing import Any

import jwt
from fastapi import HTTPException

ALGORITHMS = {"EdDSA", "ES256", "RS256", "PS256"}
# Seconds. Latchkey publishes a key ten minutes before it signs; one that it withdraws counts here this much longer.
REFRESH = 300
# Security: anybody can send a token with an unknown key id, and jwt.PyJWKClient would ask Latchkey about each of them.
PAUSE = 10
PATIENCE = 3
MAX_BYTES = 256 * 1024

log = logging.getLogger("uvicorn.error")


class PublishedKeys:
    """By key id, the key and the one algorithm that Latchkey publishes it for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._reading = threading.Lock()
        self._keys: dict[str, tuple[str, Any]] = {}
        self._read_at = self._tried_at = -math.inf

    def __getitem__(self, kid: str | None) -> tuple[str, Any]:
        """KeyError for an unknown key; 503 while there has been nothing to know."""
        # One reads. Who has a key goes on with it meanwhile, who has none waits for what is read.
        if self._is_due(kid) and self._reading.acquire(blocking=kid not in self._keys):
            try:
                if self._is_due(kid):
                    self._read()
            finally:
                self._reading.release()
        if self._read_at == -math.inf:
            raise HTTPException(503, "Latchkey's keys are not known yet.", {"Retry-After": str(PAUSE)})
        return self._keys[kid]

    def _is_due(self, kid: str | None) -> bool:
        now = time.monotonic()
        return now > self._tried_at + PAUSE and (kid not in self._keys or now > self._read_at + REFRESH)

    def _read(self) -> None:
        try:
            with urllib.request.urlopen(self._url, timeout=PATIENCE) as answer:
                keys = json.loads(answer.read(MAX_BYTES))["keys"]
            self._keys = {key["kid"]: (key["alg"], jwt.PyJWK(key).key) for key in keys if key["alg"] in ALGORITHMS}
            self._read_at = time.monotonic()
        except Exception as failure:
            # What was good stays in force, or an outage of Latchkey would be one here.
            log.warning("The keys of Latchkey cannot be read from %s: %s", self._url, failure)
        finally:
            self._tried_at = time.monotonic()
