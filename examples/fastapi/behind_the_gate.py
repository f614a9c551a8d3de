"""The to-do list behind a proxy that asks Latchkey's gate about every request: no code here decides who may call.

Security: so nobody but the proxy may reach its port. Bind it to a loopback address, a Unix socket or a network of the
proxy's own.
"""

from fastapi import FastAPI, Header

import tasks

app = FastAPI(title="Tasks")
app.include_router(tasks.router)


@app.get("/api/{user_id}/caller")
def caller(user_id: str, x_auth_user_id: str = Header("")) -> dict[str, str]:
    """What the proxy passes on of the gate's answer, for a backend that wants to know."""
    return {"user_id": user_id, "x_auth_user_id": x_auth_user_id}
