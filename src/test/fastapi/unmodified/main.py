"""A backend that was written for any issuer of HS256 tokens and knows nothing of Latchkey."""

from typing import Any

from fastapi import Depends, FastAPI

from dependencies import get_current_user, verify_user_access

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/me")
def me(current_user: dict[str, Any] = Depends(get_current_user)) -> dict[str, Any]:
    return current_user


@app.get("/api/{user_id}/tasks")
def list_tasks(user_id: str = Depends(verify_user_access)) -> dict[str, Any]:
    return {"user_id": user_id, "tasks": []}
