/** Forward-auth: may this request pass to a backend? */
@NullMarked
package dev.latchkey.gate;

import org.jspecify.annotations.NullMarked;
