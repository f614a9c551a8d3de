package dev.latchkey.signin;

import io.smallrye.config.ConfigMapping;

/** Whom signing in admits. */
@ConfigMapping(prefix = "latchkey.signin")
public interface SignInConfig {

    /** Whether somebody whose address is not proven stays outside; proving it takes mail. */
    boolean requireVerifiedEmail();
}
