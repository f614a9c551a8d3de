/** Signing keys and the master secret: load, create, publish. */
@NullMarked
package dev.latchkey.key;

import org.jspecify.annotations.NullMarked;
