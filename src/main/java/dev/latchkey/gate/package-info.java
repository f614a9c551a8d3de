/** Whose route is it? The owner rule and the request filter that applies it; which proxies and front ends are believed. */
@NullMarked
package dev.latchkey.gate;

import org.jspecify.annotations.NullMarked;
