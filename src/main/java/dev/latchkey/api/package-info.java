/** Our own JSON API: resources, request and response records, problem+json. */
@NullMarked
package dev.latchkey.api;

import org.jspecify.annotations.NullMarked;
