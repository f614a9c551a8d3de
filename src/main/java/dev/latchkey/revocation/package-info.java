/** Access-token revocation, replicated to every node within a second. */
@NullMarked
package dev.latchkey.revocation;

import org.jspecify.annotations.NullMarked;
