/** Request id, headers, body limit, client address, origins, canonical paths, problem+json. */
@NullMarked
package dev.latchkey.platform.http;

import org.jspecify.annotations.NullMarked;
