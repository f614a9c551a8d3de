package dev.latchkey.account;

import com.fasterxml.uuid.Generators;

/** Names a user; opaque text, compared byte for byte, because imported users keep the ids that they had. */
public record AccountId(String value) {

    public static AccountId create() {
        // In order of time, so that new rows lie together in the index.
        return new AccountId(
                Generators.timeBasedEpochRandomGenerator().generate().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
