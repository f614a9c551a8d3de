package dev.latchkey.key;

/** The name of a published key: its RFC 7638 thumbprint. */
public record KeyId(String value) {
    @Override
    public String toString() {
        return value;
    }
}
