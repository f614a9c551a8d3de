package dev.latchkey.account;

import org.jspecify.annotations.Nullable;

/** What a user changes of their profile; what is not changed keeps its value, null clears. */
public record ProfileChange(
        boolean changesName,
        @Nullable String name,
        boolean changesImage,
        @Nullable String image) {}
