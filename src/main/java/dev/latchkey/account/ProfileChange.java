package dev.latchkey.account;

import org.jspecify.annotations.Nullable;

/** A change of a profile. Fields that are not changed keep their value; null clears. */
public record ProfileChange(
        boolean changesName,
        @Nullable String name,
        boolean changesImage,
        @Nullable String image) {}
