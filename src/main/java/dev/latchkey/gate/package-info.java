/**
 * Whose route is it? The owner rule, the request filter that applies it here, and the gate that applies it for other
 * backends; which proxies and front ends are believed.
 */
@NullMarked
package dev.latchkey.gate;

import org.jspecify.annotations.NullMarked;
