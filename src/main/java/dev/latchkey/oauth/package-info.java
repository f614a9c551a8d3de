/** Introspection, revocation, JWKS and server metadata for other services. */
@NullMarked
package dev.latchkey.oauth;

import org.jspecify.annotations.NullMarked;
