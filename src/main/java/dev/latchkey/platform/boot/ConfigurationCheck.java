package dev.latchkey.platform.boot;

import java.util.List;

/** Looks at the settings before anybody is served. */
@FunctionalInterface
public interface ConfigurationCheck {

    List<ConfigurationProblem> findings();
}
