package dev.latchkey.account;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who people are. What changes an account happens in the caller's transaction, beside the rest of that change. */
@ApplicationScoped
@Transactional
public class Accounts {

    private final UserRepository users;
    private final CredentialRepository credentials;
    private final AuditLog audit;

    Accounts(UserRepository users, CredentialRepository credentials, AuditLog audit) {
        this.users = users;
        this.credentials = credentials;
        this.audit = audit;
    }

    public boolean isEmailTaken(EmailAddress email) {
        return users.exists(email.canonical());
    }

    @Transactional(TxType.MANDATORY)
    public Registration register(
            EmailAddress email, PasswordHash password, @Nullable String name, @Nullable String image) {
        AccountId id = AccountId.create();
        if (!users.insert(id.value(), email.canonical(), name, image)) {
            return new Registration.EmailTaken();
        }
        credentials.insertPassword(id.value(), password.encoded());
        return new Registration.Registered(profile(users.findById(id.value())));
    }

    /** What {@link #register} would have answered, of an account that there is not. */
    @Transactional(TxType.MANDATORY)
    public Profile decoy(EmailAddress email, @Nullable String name, @Nullable String image) {
        AccountId id = AccountId.create();
        Instant now = users.now();
        return new Profile(id, email, name, image, false, Set.of(), now, now);
    }

    public Optional<Credential> findCredential(EmailAddress email) {
        return credentials
                .byEmail(email.canonical())
                .map(found -> new Credential(
                        new AccountId(found.userId()),
                        found.secret() == null ? null : new PasswordHash(found.secret())));
    }

    public Optional<Credential> findCredential(AccountId id) {
        return users.findByIdOptional(id.value()).map(user -> credential(user.id));
    }

    public boolean hasPassword(AccountId id) {
        return credentials.password(id.value()).isPresent();
    }

    /**
     * Whether somebody whose password was verified may come in. Until the transaction ends neither the password nor the
     * account changes: a sign-in that races a change of password either comes before it, and its session ends with the
     * others, or does not happen.
     */
    @Transactional(TxType.MANDATORY)
    public SignInEligibility lockForSignIn(Credential verified) {
        String id = verified.user().value();
        Optional<UserEntity> user = users.lockForShare(id);
        if (user.isEmpty() || !isCurrent(verified)) {
            return new SignInEligibility.Changed();
        }
        return user.get().disabledAt == null
                ? new SignInEligibility.Eligible(profile(user.get()))
                : new SignInEligibility.Disabled(verified.user());
    }

    /** Whether the stored password is still the verified one; it stays so until the transaction ends. */
    @Transactional(TxType.MANDATORY)
    public boolean isCurrent(Credential verified) {
        PasswordHash hash = verified.hash();
        return hash != null
                && credentials
                        .lockPasswordForShare(verified.user().value())
                        .filter(row -> row.secret.equals(hash.encoded()))
                        .isPresent();
    }

    /** The profile of somebody who may use their account; none when it is gone or disabled. */
    public Optional<Profile> findActive(AccountId id) {
        return users.findByIdOptional(id.value()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /** The same by address; an address is nobody's whose account is disabled. */
    public Optional<Profile> findActive(EmailAddress email) {
        return users.byEmail(email.canonical()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /**
     * The same, for who is about to change the account or what hangs on it: until the transaction ends nobody else
     * changes it, and a sign-in that is under way has opened its session by now or waits.
     */
    @Transactional(TxType.MANDATORY)
    public Optional<Profile> lockActive(AccountId id) {
        return users.lock(id.value()).filter(Accounts::isActive).map(Accounts::profile);
    }

    public Optional<Profile> changeProfile(AccountId id, ProfileChange change, Client client) {
        // Locked, since the row is written whole: a ban or a change that comes meanwhile would be undone.
        return users.lock(id.value()).filter(Accounts::isActive).map(user -> {
            if (change.changesName()) {
                user.name = change.name();
            }
            if (change.changesImage()) {
                user.image = change.image();
            }
            user.updatedAt = users.now();
            audit.record(AuditEvent.profileChanged(id.value(), client));
            return profile(user);
        });
    }

    /** Whether the stored password was still the verified one and has been replaced. */
    @Transactional(TxType.MANDATORY)
    public boolean replacePassword(Credential verified, PasswordHash replacement) {
        PasswordHash hash = verified.hash();
        return hash != null
                && credentials.replacePassword(verified.user().value(), hash.encoded(), replacement.encoded());
    }

    /** Sets a password, whatever there was before, and be it none. */
    @Transactional(TxType.MANDATORY)
    public void setPassword(AccountId id, PasswordHash password) {
        credentials.setPassword(id.value(), password.encoded());
    }

    /** Notes that an address is its user's; none when the account has another one by now, is gone or disabled. */
    @Transactional(TxType.MANDATORY)
    public Optional<Profile> verifyEmail(AccountId id, EmailAddress proven) {
        return users.lock(id.value())
                .filter(Accounts::isActive)
                .filter(user -> user.email.equals(proven.canonical()))
                .map(user -> {
                    if (!user.emailVerified) {
                        user.emailVerified = true;
                        user.updatedAt = users.now();
                    }
                    return profile(user);
                });
    }

    /** Gives an account another address, which is proven to be its user's. */
    @Transactional(TxType.MANDATORY)
    public EmailChangeResult changeEmail(AccountId id, EmailAddress proven) {
        Optional<UserEntity> user = users.lock(id.value()).filter(Accounts::isActive);
        if (user.isEmpty()) {
            return new EmailChangeResult.Gone();
        }
        return users.changeEmail(user.get(), proven.canonical())
                ? new EmailChangeResult.Changed(profile(user.get()))
                : new EmailChangeResult.EmailTaken();
    }

    /** Deletes an account with all that hangs on it; its audit record stays. */
    @Transactional(TxType.MANDATORY)
    public boolean delete(AccountId id) {
        return users.deleteById(id.value());
    }

    private static boolean isActive(UserEntity user) {
        return user.disabledAt == null;
    }

    private Credential credential(String userId) {
        PasswordHash hash = credentials
                .password(userId)
                .map(row -> new PasswordHash(row.secret))
                .orElse(null);
        return new Credential(new AccountId(userId), hash);
    }

    private static Profile profile(UserEntity row) {
        return new Profile(
                new AccountId(row.id),
                new EmailAddress(row.email),
                row.name,
                row.image,
                row.emailVerified,
                Set.of(row.roles),
                row.createdAt,
                row.updatedAt);
    }
}
