/** Access tokens: mint and verify. */
@NullMarked
package dev.latchkey.token;

import org.jspecify.annotations.NullMarked;
