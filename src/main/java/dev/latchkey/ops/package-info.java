/** Running it: boot checks, health, request id, filter order, clock, the embedded database. */
@NullMarked
package dev.latchkey.ops;

import org.jspecify.annotations.NullMarked;
