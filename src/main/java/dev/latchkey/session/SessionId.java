package dev.latchkey.session;

import com.fasterxml.uuid.Generators;

/** The id of a session: opaque text, compared byte for byte. */
public record SessionId(String value) {

    static SessionId create() {
        // In order of time, so that new rows lie together in the index.
        return new SessionId(
                Generators.timeBasedEpochRandomGenerator().generate().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
