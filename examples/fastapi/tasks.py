"""The routes of a small to-do list. They say whose tasks they are about, and nothing of who may call them."""

import unicodedata
from typing import Any, Optional

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, StrictBool, constr

import store

router = APIRouter(prefix="/api")

Title = constr(strict=True, strip_whitespace=True, min_length=1, max_length=200)


class NewTask(BaseModel):
    title: Title


class TaskChange(BaseModel):
    """What is absent or null stays as it is."""

    title: Optional[Title] = None
    done: Optional[StrictBool] = None


class Task(BaseModel):
    id: str
    title: str
    done: bool


@router.get("/status")
def status() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/{user_id}/tasks", response_model=list[Task])
def tasks(user_id: str) -> list[dict[str, Any]]:
    return store.all_of(user_id)


@router.post("/{user_id}/tasks", response_model=Task, status_code=201)
def add(user_id: str, task: NewTask) -> dict[str, Any]:
    return store.add(user_id, checked(task.title))


@router.get("/{user_id}/tasks/{task_id}", response_model=Task)
def task(user_id: str, task_id: str) -> dict[str, Any]:
    return found(store.find(user_id, task_id))


@router.patch("/{user_id}/tasks/{task_id}", response_model=Task)
def change(user_id: str, task_id: str, wanted: TaskChange) -> dict[str, Any]:
    title = None if wanted.title is None else checked(wanted.title)
    return found(store.change(user_id, task_id, title, wanted.done))


@router.delete("/{user_id}/tasks/{task_id}", status_code=204, response_class=Response)
def remove(user_id: str, task_id: str) -> None:
    found(store.remove(user_id, task_id) or None)


def found(row: Any) -> Any:
    """Another user's task gets the same answer as one that there never was."""
    if row is None:
        raise HTTPException(404, "There is no such task.")
    return row


def checked(title: str) -> str:
    """Control characters and lone surrogates are no text; the latter could not even be stored."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in title):
        raise HTTPException(422, "The title holds characters that cannot be shown.")
    return title
