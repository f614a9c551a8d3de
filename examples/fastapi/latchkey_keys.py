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
# Security: any client can send a token with an unknown key id, and jwt.PyJWKClient would ask Latchkey about each of them.
PAUSE = 10
TIMEOUT = 3
# Security: an outage of Latchkey is none here, but a withdrawn key must not count for as long as an attacker can make one last.
MAX_AGE = 24 * 60 * 60
MAX_BYTES = 256 * 1024
# Requests that wait while one reads, of the 40 that FastAPI works on at once; the others go on.
MAX_WAITING = 32

log = logging.getLogger("uvicorn.error")


class PublishedKeys:
    """By key id, the key and the one algorithm that Latchkey publishes it for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._reading = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)
        self._keys: dict[str, tuple[str, Any]] = {}
        self._read_at = self._tried_at = -math.inf

    def __getitem__(self, kid: str | None) -> tuple[str, Any]:
        """KeyError for an unknown key; 503 while there is nothing to know, or nothing of today."""
        if self._is_due(kid):
            self._update(kid)
        if self._is_stale():
            raise HTTPException(503, "Latchkey's keys are not known.", {"Retry-After": str(PAUSE)})
        return self._keys[kid]

    def _update(self, kid: str | None) -> None:
        # One request reads. The others go on with what is known: Latchkey publishes a key long before it signs with it, so
        # that an unknown one is most likely not Latchkey's. Only where the last read is too long ago to tell, some wait for
        # what is read: while nothing is known, or when a backend that was idle meets a key that is new since.
        if self._reading.acquire(blocking=False):
            try:
                if self._is_due(kid):
                    self._read()
            finally:
                self._reading.release()
        elif self._may_be_new(kid) and self._waiting.acquire(blocking=False):
            try:
                if self._reading.acquire(timeout=2 * TIMEOUT):
                    self._reading.release()
            finally:
                self._waiting.release()

    def _is_stale(self) -> bool:
        return time.monotonic() > self._read_at + MAX_AGE

    def _may_be_new(self, kid: str | None) -> bool:
        return self._is_stale() or (kid not in self._keys and time.monotonic() > self._read_at + REFRESH)

    def _is_due(self, kid: str | None) -> bool:
        now = time.monotonic()
        return now > self._tried_at + PAUSE and (kid not in self._keys or now > self._read_at + REFRESH)

    def _read(self) -> None:
        try:
            keys = json.loads(self._fetch())["keys"]
            self._keys = {key["kid"]: (key["alg"], jwt.PyJWK(key).key) for key in keys if key["alg"] in ALGORITHMS}
            self._read_at = time.monotonic()
        except Exception as failure:
            # What was good stays in force for a day, or an outage of Latchkey would be one here.
            log.warning("The keys of Latchkey cannot be read from %s: %s", self._url, failure)
        finally:
            self._tried_at = time.monotonic()

    def _fetch(self) -> bytes:
        # The timeout is one for each piece: without an end of its own, a slow answer could keep withdrawn keys in force.
        end = time.monotonic() + TIMEOUT
        body = b""
        with urllib.request.urlopen(self._url, timeout=TIMEOUT) as answer:
            while piece := answer.read1(MAX_BYTES):
                body += piece
                if len(body) > MAX_BYTES or time.monotonic() > end:
                    raise ValueError("too long or too slow an answer")
        return body
