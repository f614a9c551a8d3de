/** Revocation of access tokens, known to every replica within a second. */
@NullMarked
package dev.latchkey.revocation;

import org.jspecify.annotations.NullMarked;
