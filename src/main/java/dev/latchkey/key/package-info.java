/** Signing keys and the master secret: load, create, rotate, retire, publish. */
@NullMarked
package dev.latchkey.key;

import org.jspecify.annotations.NullMarked;
