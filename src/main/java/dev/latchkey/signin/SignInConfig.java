package dev.latchkey.signin;

import io.smallrye.config.ConfigMapping;

/** Requirements of sign-in. */
@ConfigMapping(prefix = "latchkey.signin")
public interface SignInConfig {

    /** Whether a user must verify their e-mail address before they can sign in; this requires a mail server. */
    boolean requireVerifiedEmail();
}
