"""The owner check as a hand-written backend has it: FastAPI, PyJWT, a shared secret, the user id of the token against the route's."""

import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

SECRET = os.environ["SECRET"]
app = FastAPI()
bearer = HTTPBearer()


async def owner(user_id: str, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])
    except jwt.PyJWTError as refused:
        raise HTTPException(401) from refused
    if claims["user_id"] != user_id:
        raise HTTPException(403)
    return user_id


@app.get("/api/{user_id}/nothing")
async def nothing(user_id: Annotated[str, Depends(owner)]) -> str:
    return "ok"


@app.get("/")
async def ready() -> str:
    return "ok"
