/** The HTML pages a person sees: those that e-mail links lead to. */
@NullMarked
package dev.latchkey.pages;

import org.jspecify.annotations.NullMarked;
