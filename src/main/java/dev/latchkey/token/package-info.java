/** Access and refresh tokens: mint them, and judge those that come in. */
@NullMarked
package dev.latchkey.token;

import org.jspecify.annotations.NullMarked;
