package dev.latchkey.key;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The stored keys, and what each may be used for at a given instant.
 *
 * <p>All instants are the database's, so that replicas whose clocks differ change from key to key at the same moment.
 *
 * @param keys in the order in which they sign
 * @param overlap how long a key verifies after the next one has begun to sign
 * @param readAt when they were read
 * @param readAtHere the same moment by this process's clock
 */
record Keyring(List<StoredKey> keys, Duration overlap, Instant readAt, Instant readAtHere) {

    Keyring {
        keys = keys.stream()
                .sorted(Comparator.comparing(StoredKey::signsFrom)
                        .thenComparing(key -> key.id().value()))
                .toList();
    }

    /** Returns the database's time at an instant of this process's clock. */
    Instant databaseTime(Instant here) {
        return readAt.plus(Duration.between(readAtHere, here));
    }

    /** Returns the key that signs; none when there is none, or it was retired and has no successor yet. */
    Optional<StoredKey> signing(Instant now) {
        return keys.stream()
                .filter(StoredKey::hasEverTurnToSign)
                .filter(key -> key.hasBegunAt(now))
                .reduce((earlier, later) -> later)
                // Security: never back to an older key, whose end may have come.
                .filter(key -> !key.isRetired());
    }

    /** Returns the key that signs next and does not yet. */
    Optional<StoredKey> pending(Instant now) {
        return keys.stream()
                .filter(key -> !key.isRetired() && !key.hasBegunAt(now))
                .findFirst();
    }

    /** Returns the last key in the order of signing; it may still be pending. */
    Optional<StoredKey> newest() {
        return keys.stream().filter(key -> !key.isRetired()).reduce((earlier, later) -> later);
    }

    Optional<StoredKey> find(KeyId id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** Returns when the tokens of a key become invalid; none while the key has no successor. */
    Optional<Instant> end(StoredKey key) {
        return keys.stream()
                .skip(keys.indexOf(key) + 1L)
                .filter(StoredKey::hasEverTurnToSign)
                .findFirst()
                .map(successor -> successor.signsFrom().plus(overlap));
    }

    KeySummary.State state(StoredKey key, Instant now) {
        if (key.isRetired()) {
            return KeySummary.State.RETIRED;
        }
        if (!key.hasBegunAt(now)) {
            return KeySummary.State.PENDING;
        }
        if (signing(now).filter(key::equals).isPresent()) {
            return KeySummary.State.SIGNING;
        }
        return inForce(key, now) ? KeySummary.State.VERIFYING : KeySummary.State.EXPIRED;
    }

    /** Returns whether what the key signed is valid, and its public half is published. */
    boolean inForce(StoredKey key, Instant now) {
        return !key.isRetired() && end(key).filter(end -> !now.isBefore(end)).isEmpty();
    }
}
