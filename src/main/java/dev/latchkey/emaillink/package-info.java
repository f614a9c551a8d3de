/** Links sent by e-mail: create, redeem once, expire. */
@NullMarked
package dev.latchkey.emaillink;

import org.jspecify.annotations.NullMarked;
