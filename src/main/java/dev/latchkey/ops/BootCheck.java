package dev.latchkey.ops;

import java.util.List;

/** Looks at the settings before anybody is served. */
@FunctionalInterface
interface BootCheck {

    List<Finding> findings();
}
