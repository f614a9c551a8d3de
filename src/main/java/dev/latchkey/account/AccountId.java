package dev.latchkey.account;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;

/** Names a user; opaque text, compared byte for byte, because imported users keep the ids that they had. */
public record AccountId(String value) {

    // In order of time, so that new rows lie together in the index.
    private static final TimeBasedEpochRandomGenerator NEW = Generators.timeBasedEpochRandomGenerator();

    static AccountId create() {
        return new AccountId(NEW.generate().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
