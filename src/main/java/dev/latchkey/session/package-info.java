/** Sessions and their secrets: open, rotate, end, expire. */
@NullMarked
package dev.latchkey.session;

import org.jspecify.annotations.NullMarked;
