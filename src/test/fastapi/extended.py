"""The stand-alone application as it may grow: routes of its own and of a router, and a hurried reader of keys."""

import os

from fastapi import APIRouter, Depends

import latchkey_keys
from latchkey_auth import caller
from standalone import app

latchkey_keys.TIMEOUT = int(os.environ.get("TASKS_TIMEOUT", latchkey_keys.TIMEOUT))
latchkey_keys.PAUSE = int(os.environ.get("TASKS_PAUSE", latchkey_keys.PAUSE))
latchkey_keys.REFRESH = int(os.environ.get("TASKS_REFRESH", latchkey_keys.REFRESH))
latchkey_keys.MAX_AGE = int(os.environ.get("TASKS_MAX_AGE", latchkey_keys.MAX_AGE))

router = APIRouter(prefix="/reports")


@app.get("/api/{user_id}/exports")
def exports(user_id: str) -> dict[str, str]:
    return {"exports_of": user_id}


@router.get("/{year}/of/{user_id}")
async def report(year: int, user_id: str) -> dict[str, str]:
    return {"report_of": user_id}


@router.get("/mine")
def mine(user: str = Depends(caller)) -> dict[str, str]:
    return {"report_of": user}


app.include_router(router)
