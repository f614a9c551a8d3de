package dev.latchkey.signin;

import org.jspecify.annotations.Nullable;

/**
 * What somebody sent who wants an account, as it was sent.
 *
 * @param remember whether the session outlives the browser's window
 * @param autoSignIn whether they are to be signed in at once
 */
public record NewAccount(
        @Nullable String address,
        @Nullable String password,
        @Nullable String name,
        @Nullable String image,
        boolean remember,
        boolean autoSignIn) {

    /** One as our own API knows it. */
    public static NewAccount of(@Nullable String address, @Nullable String password, @Nullable String name) {
        return new NewAccount(address, password, name, null, true, true);
    }

    @Override
    public String toString() {
        return "NewAccount[hidden]";
    }
}
