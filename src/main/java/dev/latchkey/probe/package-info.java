/** Whether a deployment's gate can be talked around: tries it from outside, as a stranger with one token would. */
@NullMarked
package dev.latchkey.probe;

import org.jspecify.annotations.NullMarked;
