package dev.latchkey.session;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;

/** Names a session; opaque text, compared byte for byte. */
public record SessionId(String value) {

    // In order of time, so that new rows lie together in the index.
    private static final TimeBasedEpochRandomGenerator NEW = Generators.timeBasedEpochRandomGenerator();

    static SessionId create() {
        return new SessionId(NEW.generate().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
