/** Digests, HMAC, random tokens, strict decoding. */
@NullMarked
package dev.latchkey.platform.crypto;

import org.jspecify.annotations.NullMarked;
