/** What happened, to whom, from where. */
@NullMarked
package dev.latchkey.audit;

import org.jspecify.annotations.NullMarked;
