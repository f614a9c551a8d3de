package dev.latchkey.ops;

import dev.latchkey.api.ApiConfig;
import dev.latchkey.key.Secrets;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Refuses a backend whose credentials are missing, weak or cannot be read. */
@Singleton
class BackendsCheck implements BootCheck {

    private final ApiConfig config;

    BackendsCheck(ApiConfig config) {
        this.config = config;
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        config.backends().forEach((id, backend) -> {
            String name = ApiConfig.variable(id, "SECRET");
            if (backend.secret().isEmpty() && backend.secretFile().isEmpty()) {
                findings.add(Finding.severe(
                        name,
                        "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                                + name + "_FILE"));
            }
            Secrets.fault(backend.secret(), backend.secretFile())
                    .ifPresent(fault -> findings.add(Finding.severe(name, fault)));
            Secrets.fault(backend.secretPrevious(), backend.secretPreviousFile())
                    .ifPresent(fault -> findings.add(Finding.severe(ApiConfig.variable(id, "SECRET_PREVIOUS"), fault)));
        });
        return findings;
    }
}
