/** Who a person is: user records, registration, profile, standing. */
@NullMarked
package dev.latchkey.account;

import org.jspecify.annotations.NullMarked;
