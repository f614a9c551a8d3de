"""The to-do list that verifies Latchkey's access tokens by itself, with nothing before it."""

import os

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware

import tasks
from latchkey_auth import owner

# Security: of the application, not of a route, so that no route of FastAPI with a {user_id} can forget it.
app = FastAPI(title="Tasks", dependencies=[Depends(owner)])
app.include_router(tasks.router)

# Pages of these origins may call the routes from a browser. No cookie counts here, so none is asked for.
if origins := os.environ.get("TASKS_ORIGINS"):
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins.split(","),
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization"],
    )
