/** The JSON API. */
@NullMarked
package dev.latchkey.api;

import org.jspecify.annotations.NullMarked;
