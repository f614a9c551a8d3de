package dev.latchkey.session;

import dev.latchkey.platform.http.Client;

/** A session of another system as it is stored; hashes in hexadecimal. */
record ImportedSessionRow(
        String id, String userId, ImportedSessionLifetime life, Client client, String refreshHash, String tokenHash) {}
