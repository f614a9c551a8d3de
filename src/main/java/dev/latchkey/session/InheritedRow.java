package dev.latchkey.session;

import dev.latchkey.audit.Client;

/** A session of another system as it is stored; hashes in hexadecimal. */
record InheritedRow(
        String id, String userId, InheritedLife life, Client client, String refreshHash, String tokenHash) {}
