/** The Better Auth wire protocol: its paths, cookies, error codes and JSON. */
@NullMarked
package dev.latchkey.betterauth;

import org.jspecify.annotations.NullMarked;
