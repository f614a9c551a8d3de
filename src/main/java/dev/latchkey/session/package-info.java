/** Signed-in sessions: open, rotate, revoke, expire. */
@NullMarked
package dev.latchkey.session;

import org.jspecify.annotations.NullMarked;
