/** Password policy and hashing. */
@NullMarked
package dev.latchkey.password;

import org.jspecify.annotations.NullMarked;
