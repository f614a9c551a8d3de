/** What an administrator does to users. */
@NullMarked
package dev.latchkey.admin;

import org.jspecify.annotations.NullMarked;
