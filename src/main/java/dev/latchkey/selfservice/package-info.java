/** Password and e-mail changes, e-mail verification, password reset, account deletion. */
@NullMarked
package dev.latchkey.selfservice;

import org.jspecify.annotations.NullMarked;
