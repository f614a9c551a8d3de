/** Links that prove who reads a mailbox: made, redeemed once, expire. */
@NullMarked
package dev.latchkey.link;

import org.jspecify.annotations.NullMarked;
