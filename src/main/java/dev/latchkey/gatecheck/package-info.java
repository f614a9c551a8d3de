/** Black-box test of a deployment's gate; shares nothing with the gate itself. */
@NullMarked
package dev.latchkey.gatecheck;

import org.jspecify.annotations.NullMarked;
