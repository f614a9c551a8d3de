"""The to-do list that verifies Latchkey's access tokens by itself, with nothing before it."""

from fastapi import Depends, FastAPI

import tasks
from latchkey_auth import owner

# Security: of the application, not of a route, so that no route of FastAPI with a {user_id} can forget it.
app = FastAPI(title="Tasks", dependencies=[Depends(owner)])
app.include_router(tasks.router)
