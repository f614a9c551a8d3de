/** The Better Auth wire protocol: its paths, cookies, codes and shapes. */
@NullMarked
package dev.latchkey.betterauth;

import org.jspecify.annotations.NullMarked;
