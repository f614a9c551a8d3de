package dev.latchkey.mail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Mail settings for a test. */
record TestMail(
        @Nullable String hostName,
        int port,
        Security security,
        @Nullable String user,
        @Nullable String secret,
        @Nullable Path trusted,
        Duration timeout,
        Duration attemptTimeout,
        String name)
        implements MailConfig {

    static final int QUEUE = 50;

    static TestMail on(int port, Security security) {
        return new TestMail(
                "localhost",
                port,
                security,
                null,
                null,
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                "Example Accounts");
    }

    static TestMail withoutServer() {
        return on(25, Security.STARTTLS).withHost(null);
    }

    TestMail trusting(Path certificates) {
        return new TestMail(hostName, port, security, user, secret, certificates, timeout, attemptTimeout, name);
    }

    TestMail authenticatingAs(String username, String password) {
        return new TestMail(hostName, port, security, username, password, trusted, timeout, attemptTimeout, name);
    }

    TestMail withTimeouts(Duration each, Duration whole) {
        return new TestMail(hostName, port, security, user, secret, trusted, each, whole, name);
    }

    TestMail withHost(@Nullable String host) {
        return new TestMail(host, port, security, user, secret, trusted, timeout, attemptTimeout, name);
    }

    TestMail from(String newName) {
        return new TestMail(hostName, port, security, user, secret, trusted, timeout, attemptTimeout, newName);
    }

    @Override
    public Optional<String> host() {
        return Optional.ofNullable(hostName);
    }

    @Override
    public Optional<String> username() {
        return Optional.ofNullable(user);
    }

    @Override
    public Optional<String> password() {
        return Optional.ofNullable(secret);
    }

    @Override
    public Optional<Path> passwordFile() {
        return Optional.empty();
    }

    @Override
    public Optional<String> from() {
        return Optional.of("accounts@example.com");
    }

    @Override
    public Optional<String> fromName() {
        return Optional.of(name);
    }

    @Override
    public Optional<Path> trustFile() {
        return Optional.ofNullable(trusted);
    }

    @Override
    public Notices notices() {
        throw new UnsupportedOperationException("not what these tests are about");
    }

    @Override
    public Optional<Path> templates() {
        return Optional.empty();
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(1);
    }

    @Override
    public Duration maxPause() {
        return Duration.ofMillis(50);
    }

    @Override
    public Duration giveUpAfter() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration poll() {
        return Duration.ofMillis(100);
    }

    @Override
    public int queue() {
        return QUEUE;
    }

    @Override
    public int workers() {
        return 1;
    }
}
