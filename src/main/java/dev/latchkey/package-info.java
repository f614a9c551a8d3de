/** Where the program starts. */
@NullMarked
package dev.latchkey;

import org.jspecify.annotations.NullMarked;
