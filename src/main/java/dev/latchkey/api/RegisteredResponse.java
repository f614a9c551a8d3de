package dev.latchkey.api;

/** A new account whose person is not signed in. */
record RegisteredResponse(UserResponse user) {}
