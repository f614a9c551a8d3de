package dev.latchkey.platform.boot;

import java.util.List;

/** Checks the settings of one feature, at the start and before any request is served. */
@FunctionalInterface
public interface ConfigurationCheck {

    List<ConfigurationProblem> problems();
}
