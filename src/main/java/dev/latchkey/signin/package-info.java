/** Sign-up, sign-in, refresh, sign-out, and their rate limits. */
@NullMarked
package dev.latchkey.signin;

import org.jspecify.annotations.NullMarked;
