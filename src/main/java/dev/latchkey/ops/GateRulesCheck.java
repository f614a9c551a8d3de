package dev.latchkey.ops;

import dev.latchkey.gate.GateRules;
import jakarta.inject.Singleton;
import java.util.List;

/** Refuses rules of the gate that cannot bind, can never decide or contradict each other. */
@Singleton
class GateRulesCheck implements BootCheck {

    private final GateRules rules;

    GateRulesCheck(GateRules rules) {
        this.rules = rules;
    }

    @Override
    public List<Finding> findings() {
        return rules.faults().stream()
                .map(fault -> Finding.severe(fault.property(), fault.message()))
                .toList();
    }
}
