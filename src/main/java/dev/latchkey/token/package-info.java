/** Access and refresh tokens: mint them, and judge those that come in, ours and trusted issuers'. */
@NullMarked
package dev.latchkey.token;

import org.jspecify.annotations.NullMarked;
