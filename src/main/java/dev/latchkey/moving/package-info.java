/** Users of other systems move in, with their ids and password hashes. */
@NullMarked
package dev.latchkey.moving;

import org.jspecify.annotations.NullMarked;
