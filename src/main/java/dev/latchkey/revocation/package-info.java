/** What of our tokens counts no longer, and how every replica learns of it within a second. */
@NullMarked
package dev.latchkey.revocation;

import org.jspecify.annotations.NullMarked;
