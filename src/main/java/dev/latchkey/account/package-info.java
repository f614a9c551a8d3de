/** User accounts: profile, e-mail address, credentials. */
@NullMarked
package dev.latchkey.account;

import org.jspecify.annotations.NullMarked;
