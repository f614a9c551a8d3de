"""The to-do list of examples/fastapi with the further routes of the corpus, and a record of whatever reaches its port.

Arguments: the port, and the file of the record. A line of it is a JSON object: {"wire": ...} for octets as they came
in, one character each, and {"method": ..., "raw_path": ..., "path": ...} for a request as the application was told of
it. TASKS_DATABASE says where the tasks are.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "examples" / "fastapi"))

import uvicorn
from fastapi import FastAPI, Request
from uvicorn.protocols.http.h11_impl import H11Protocol

import behind_the_gate

PORT = int(sys.argv[1])
RECORD = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

app = FastAPI()
notes: dict[str, str] = {}


def note_down(**line):
    os.write(RECORD, json.dumps(line).encode() + b"\n")


@app.get("/api/me")
def me():
    return {"is": "me"}


@app.api_route("/api/admin/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def administration(rest: str):
    return {"is": "administration", "rest": rest}


@app.api_route("/api/{user_id}/exports/{rest:path}", methods=["GET", "POST", "DELETE"])
def export(user_id: str, rest: str):
    return {"is": "export", "of": user_id}


@app.get("/public/{rest:path}")
def public(rest: str):
    return {"is": "public", "rest": rest}


@app.api_route("/teams/{team}/members/{member}/{rest:path}", methods=["GET", "PUT", "DELETE"])
async def membership(team: str, member: str, rest: str, request: Request):
    """What is put there is kept for the member; read, it is the member's own."""
    if request.method == "PUT":
        notes[member] = (await request.body()).decode()
    elif request.method == "DELETE":
        notes.pop(member, None)
    return {"is": "membership", "of": member, "note": notes.get(member)}


@app.get("/rows/{user_id}")
def rows(user_id: str):
    """All that is kept of a user. No rule of the gate lets anybody in here; tests ask directly."""
    with closing(sqlite3.connect(os.environ["TASKS_DATABASE"])) as connection:
        tasks = connection.execute("select id, title, done from tasks where user_id = ? order by rowid", (user_id,))
        return {"tasks": tasks.fetchall(), "note": notes.get(user_id)}


app.mount("/", behind_the_gate.app)


async def recorded(scope, receive, send):
    if scope["type"] == "http":
        note_down(method=scope["method"], raw_path=scope["raw_path"].decode("latin-1"), path=scope["path"])
    await app(scope, receive, send)


class RecordingProtocol(H11Protocol):
    """Before anything is parsed: what the server would refuse has reached it, too."""

    def data_received(self, data):
        note_down(wire=data.decode("latin-1"))
        super().data_received(data)


uvicorn.run(recorded, host="127.0.0.1", port=PORT, http=RecordingProtocol, ws="none", log_level="warning")
