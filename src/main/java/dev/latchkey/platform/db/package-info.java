/** Database errors, availability monitor, migrations, retention. */
@NullMarked
package dev.latchkey.platform.db;

import org.jspecify.annotations.NullMarked;
