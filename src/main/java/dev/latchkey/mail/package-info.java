/** What is sent to people, and how. */
@NullMarked
package dev.latchkey.mail;

import org.jspecify.annotations.NullMarked;
