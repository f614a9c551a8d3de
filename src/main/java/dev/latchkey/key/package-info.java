/** Signing keys and secrets. */
@NullMarked
package dev.latchkey.key;

import org.jspecify.annotations.NullMarked;
