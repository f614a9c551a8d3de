/** The embedded PostgreSQL of development and tests. */
@NullMarked
package dev.latchkey.platform.devdb;

import org.jspecify.annotations.NullMarked;
