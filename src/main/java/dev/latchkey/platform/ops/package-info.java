/** Health, logging, clock, jobs. */
@NullMarked
package dev.latchkey.platform.ops;

import org.jspecify.annotations.NullMarked;
