/** The Better Auth wire dialect: its paths, cookies, codes and shapes; nothing else. */
@NullMarked
package dev.latchkey.betterauth;

import org.jspecify.annotations.NullMarked;
