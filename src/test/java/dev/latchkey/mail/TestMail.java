package dev.latchkey.mail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings of mail for a test. */
record TestMail(
        @Nullable String hostName,
        int port,
        Security security,
        @Nullable String user,
        @Nullable String secret,
        @Nullable Path trusted,
        Duration timeout,
        Duration patience)
        implements MailConfig {

    static TestMail on(int port, Security security) {
        return new TestMail(
                "localhost", port, security, null, null, null, Duration.ofSeconds(5), Duration.ofSeconds(20));
    }

    static TestMail nowhere() {
        return on(25, Security.STARTTLS).at(null);
    }

    TestMail trusting(Path certificates) {
        return new TestMail(hostName, port, security, user, secret, certificates, timeout, patience);
    }

    TestMail signingInAs(String name, String password) {
        return new TestMail(hostName, port, security, name, password, trusted, timeout, patience);
    }

    TestMail impatient(Duration each, Duration inAll) {
        return new TestMail(hostName, port, security, user, secret, trusted, each, inAll);
    }

    TestMail at(@Nullable String name) {
        return new TestMail(name, port, security, user, secret, trusted, timeout, patience);
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
        return Optional.of("Example Accounts");
    }

    @Override
    public Optional<Path> trustFile() {
        return Optional.ofNullable(trusted);
    }

    @Override
    public int attempts() {
        return 3;
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(1);
    }

    @Override
    public int queue() {
        return 1;
    }

    @Override
    public int workers() {
        return 1;
    }
}
