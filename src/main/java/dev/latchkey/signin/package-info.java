/** Decides whether an attempt succeeds, and how often one may try. */
@NullMarked
package dev.latchkey.signin;

import org.jspecify.annotations.NullMarked;
