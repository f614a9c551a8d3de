/** Import of users from Better Auth or a CSV file. */
@NullMarked
package dev.latchkey.userimport;

import org.jspecify.annotations.NullMarked;
