/** Configuration checks at start: the frame into which each feature brings its own check. */
@NullMarked
package dev.latchkey.platform.boot;

import org.jspecify.annotations.NullMarked;
