"""Tasks in SQLite. Every statement names the user: none can read or change what belongs to another one."""

import os
import sqlite3
import uuid
from contextlib import closing
from typing import Any

DATABASE = os.environ.get("TASKS_DATABASE", "tasks.db")


def all_of(user_id: str) -> list[dict[str, Any]]:
    return _run("select id, title, done from tasks where user_id = ? order by rowid", user_id)


def add(user_id: str, title: str) -> dict[str, Any]:
    return _run(
        "insert into tasks (user_id, id, title) values (?, ?, ?) returning id, title, done",
        user_id,
        str(uuid.uuid4()),
        title,
    )[0]


def find(user_id: str, task_id: str) -> dict[str, Any] | None:
    return _first(_run("select id, title, done from tasks where user_id = ? and id = ?", user_id, task_id))


def change(user_id: str, task_id: str, title: str | None, done: bool | None) -> dict[str, Any] | None:
    """Changes what is not None."""
    return _first(
        _run(
            "update tasks set title = coalesce(?, title), done = coalesce(?, done)"
            " where user_id = ? and id = ? returning id, title, done",
            title,
            done,
            user_id,
            task_id,
        )
    )


def remove(user_id: str, task_id: str) -> bool:
    return bool(_run("delete from tasks where user_id = ? and id = ? returning id", user_id, task_id))


def _first(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return rows[0] if rows else None


def _run(statement: str, *values: Any) -> list[dict[str, Any]]:
    """One statement in a connection and a transaction of its own, for it may run on any thread."""
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement, values)]


_run(
    "create table if not exists tasks"
    " (id text primary key, user_id text not null, title text not null, done integer not null default 0)"
)
_run("create index if not exists tasks_of_user on tasks (user_id)")
