/** What a failure means to whoever asked. */
@NullMarked
package dev.latchkey.fault;

import org.jspecify.annotations.NullMarked;
