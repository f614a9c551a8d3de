package dev.latchkey.account;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** User accounts. A change of an account happens in the caller's transaction, with the rest of that change. */
@ApplicationScoped
@Transactional
public class Accounts implements Expirable {

    private final UserRepository users;
    private final ReservedEmailRepository reservedEmails;
    private final CredentialRepository credentials;
    private final ManagedAccounts managed;
    private final AuditLog audit;

    Accounts(
            UserRepository users,
            ReservedEmailRepository reservedEmails,
            CredentialRepository credentials,
            ManagedAccounts managed,
            AuditLog audit) {
        this.users = users;
        this.reservedEmails = reservedEmails;
        this.credentials = credentials;
        this.managed = managed;
        this.audit = audit;
    }

    /** The result of {@link #register}. */
    public sealed interface Registration permits Registered, EmailTaken {}

    public record Registered(Profile profile) implements Registration {}

    /** The address is another user's, or was until a short time ago and is reserved for them. */
    public record EmailTaken() implements Registration, EmailChangeResult {}

    /** The result of {@link #changeEmail}. */
    public sealed interface EmailChangeResult permits EmailChanged, EmailTaken, Gone {}

    public record EmailChanged(Profile profile) implements EmailChangeResult {}

    /** The account was deleted or disabled. */
    public record Gone() implements EmailChangeResult {}

    /** Returns whether a user whose password was right may sign in. */
    public sealed interface SignInEligibility {

        /**
         * The account may be signed in to.
         *
         * @param firstSignInDue whether the sign-up did not sign the user in, and nothing else has since
         */
        record Eligible(Profile profile, boolean firstSignInDue) implements SignInEligibility {}

        record Disabled(AccountId user) implements SignInEligibility {}

        /** The account or its password is no longer what was verified. */
        record Changed() implements SignInEligibility {}
    }

    /** Returns whether an address is a user's, or reserved for one. */
    public boolean isEmailTaken(EmailAddress email) {
        return users.exists(email.canonical()) || reservedEmails.isReserved(email.canonical(), null);
    }

    /** Returns whether an address is another user's, or reserved for one. */
    public boolean isEmailTaken(EmailAddress email, AccountId user) {
        return users.byEmail(email.canonical())
                        .filter(owner -> !owner.id.equals(user.value()))
                        .isPresent()
                || reservedEmails.isReserved(email.canonical(), user.value());
    }

    /**
     * Creates an account, unless the address is taken.
     *
     * @param password null: the user has none until they reset it
     * @param signsIn whether the user is signed in at once
     */
    @Transactional(TxType.MANDATORY)
    public Registration register(
            EmailAddress email,
            @Nullable PasswordHash password,
            @Nullable String name,
            @Nullable String image,
            boolean signsIn) {
        AccountId id = AccountId.create();
        if (!users.insert(id.value(), email.canonical(), name, image, !signsIn)) {
            return new EmailTaken();
        }
        // Looked up again after the insertion, since that waits for a transaction which is just giving the address up:
        // by now
        // its reservation is visible.
        if (reservedEmails.isReserved(email.canonical(), null)) {
            users.deleteById(id.value());
            return new EmailTaken();
        }
        if (password != null) {
            credentials.insertPassword(id.value(), password.encoded());
        }
        return new Registered(profile(users.findById(id.value())));
    }

    /** Returns a decoy profile, so that the response does not reveal an existing account. */
    @Transactional(TxType.MANDATORY)
    public Profile decoy(EmailAddress email, @Nullable String name, @Nullable String image) {
        AccountId id = AccountId.create();
        Instant now = users.now();
        return new Profile(id, email, name, image, false, null, Set.of(), 0, now, now);
    }

    /** Returns the credential of the account with an address, be it active or not. */
    @Transactional(TxType.SUPPORTS)
    public Optional<Credential> findCredential(EmailAddress email) {
        return credentials
                .byEmail(email.canonical())
                .map(found -> new Credential(
                        new AccountId(found.userId()),
                        found.secret() == null ? null : new PasswordHash(found.secret()),
                        found.version()));
    }

    public Optional<Credential> findCredential(AccountId id) {
        return users.findByIdOptional(id.value()).map(user -> credential(user.id));
    }

    public boolean hasPassword(AccountId id) {
        return credentials.password(id.value()).isPresent();
    }

    /**
     * Returns whether a user whose password was verified may sign in; a ban that has come to its end ends here. Until the
     * transaction ends neither the password nor the account changes: a sign-in that races a change of password either comes
     * before it, and its session ends with the others, or does not happen.
     */
    @Transactional(TxType.MANDATORY)
    public SignInEligibility lockForSignIn(Credential verified) {
        PasswordHash hash = verified.hash();
        String id = verified.user().value();
        return users.lockForSignIn(id)
                .filter(row -> hash != null && row.secret().equals(hash.encoded()))
                .flatMap(row -> row.profile() == null && managed.endExpiredBan(verified.user())
                        ? users.lockForSignIn(id)
                        : Optional.of(row))
                .<SignInEligibility>map(row -> row.profile() == null
                        ? new SignInEligibility.Disabled(verified.user())
                        : new SignInEligibility.Eligible(row.profile(), row.firstSignInDue()))
                .orElseGet(SignInEligibility.Changed::new);
    }

    /**
     * Records a sign-in, and returns whether it is the first one of a user whom the sign-up did not sign in.
     *
     * <p>Security: a user who was imported has signed in elsewhere. The first who signs in to their account here may
     * be an attacker.
     */
    @Transactional(TxType.MANDATORY)
    public boolean takeFirstSignIn(AccountId id) {
        return users.findById(id.value()).firstSignInDue && users.endFirstSignIn(id.value());
    }

    /** Returns whether the stored password is still the verified one; it stays so until the transaction ends. */
    @Transactional(TxType.MANDATORY)
    public boolean isCurrent(Credential verified) {
        PasswordHash hash = verified.hash();
        return hash != null
                && credentials
                        .lockPasswordForShare(verified.user().value())
                        .filter(row -> row.secret.equals(hash.encoded()))
                        .isPresent();
    }

    /** Returns the profile of an active account; empty when it is deleted or disabled. */
    public Optional<Profile> findActive(AccountId id) {
        return users.findByIdOptional(id.value()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /** Returns what {@link #findActive(AccountId)} does, for a request that needs nothing else. */
    @Transactional(TxType.NEVER)
    public Optional<Profile> readActive(AccountId id) {
        return users.readActive(id.value());
    }

    /**
     * Returns the profile as it is after the statements of the caller's transaction, which may have made the database raise
     * the version of the user's tokens; empty when the account is deleted or disabled.
     */
    @Transactional(TxType.MANDATORY)
    public Optional<Profile> readAgain(AccountId id) {
        return users.readAgain(id.value()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /** Returns the profile of the active account with an address; empty when there is none or it is disabled. */
    public Optional<Profile> findActive(EmailAddress email) {
        return users.byEmail(email.canonical()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /**
     * Locks an active account for a change of it or of what belongs to it: until the transaction ends no other transaction
     * changes it, and a sign-in that is under way has opened its session by now or waits.
     */
    @Transactional(TxType.MANDATORY)
    public Optional<Profile> lockActive(AccountId id) {
        return users.lock(id.value()).filter(Accounts::isActive).map(Accounts::profile);
    }

    /** Changes the profile at its user's request; empty when the account is deleted or disabled. */
    public Optional<Profile> changeProfile(AccountId id, ProfileChange change, Client client) {
        return lockActive(id).flatMap(_ -> changeProfile(id, change, AuditEvent.profileChanged(id.value(), client)));
    }

    /** Changes the profile of an account, disabled or not, and records it; empty when there is none. */
    @Transactional(TxType.MANDATORY)
    public Optional<Profile> changeProfile(AccountId id, ProfileChange change, AuditEvent event) {
        // Locked, since the row is written whole: a ban or a change that comes meanwhile would be undone.
        return users.lock(id.value()).map(user -> {
            if (change.changesName()) {
                user.name = change.name();
            }
            if (change.changesImage()) {
                user.image = change.image();
            }
            if (change.changesLocale()) {
                user.locale = change.locale();
            }
            user.updatedAt = users.now();
            audit.record(event);
            return profile(user);
        });
    }

    /**
     * Replaces the password by another one if it is still the verified one; false if it is not.
     *
     * <p>A caller who replaces it by another password must also end the user's sessions: only a change that was not made
     * here is followed by the database's own revocation.
     */
    @Transactional(TxType.MANDATORY)
    public boolean replacePassword(Credential verified, PasswordHash replacement) {
        return replaced(verified, replacement, false);
    }

    /** Replaces the hash of the same password if it is still the verified one; false if it is not. */
    @Transactional(TxType.MANDATORY)
    public boolean rehashPassword(Credential verified, PasswordHash rehashed) {
        return replaced(verified, rehashed, true);
    }

    private boolean replaced(Credential verified, PasswordHash replacement, boolean samePassword) {
        PasswordHash hash = verified.hash();
        return hash != null
                && credentials.replacePassword(
                        verified.user().value(), hash.encoded(), replacement.encoded(), samePassword);
    }

    /** Sets a password, whether there was one before or not; the caller must also end the user's sessions. */
    @Transactional(TxType.MANDATORY)
    public void setPassword(AccountId id, PasswordHash password) {
        credentials.setPassword(id.value(), password.encoded());
    }

    /** Marks an address as verified; empty when the account has another one by now, is deleted or disabled. */
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

    /**
     * Changes the address of an account to one that is verified.
     *
     * @param reservation how long nobody else gets the former address, if that was verified
     */
    @Transactional(TxType.MANDATORY)
    public EmailChangeResult changeEmail(AccountId id, EmailAddress proven, Duration reservation) {
        Optional<UserEntity> user = users.lock(id.value()).filter(Accounts::isActive);
        if (user.isEmpty()) {
            return new Gone();
        }
        String former = user.get().email;
        // Security: one that nobody has verified may never have been the user's, and would be kept from its owner.
        boolean reserves = user.get().emailVerified;
        if (!users.changeEmail(user.get(), proven.canonical(), true)) {
            return new EmailTaken();
        }
        if (reserves) {
            reservedEmails.reserve(former, id.value(), reservation);
        }
        return new EmailChanged(profile(user.get()));
    }

    /** Gives an account an earlier address back. */
    @Transactional(TxType.MANDATORY)
    public EmailChangeResult restoreEmail(AccountId id, EmailAddress earlier, boolean verified) {
        Optional<UserEntity> user = users.lock(id.value()).filter(Accounts::isActive);
        if (user.isEmpty()) {
            return new Gone();
        }
        // It may have been verified since, if it is the account's address at present.
        boolean verifiedSince = user.get().emailVerified && user.get().email.equals(earlier.canonical());
        if (!users.changeEmail(user.get(), earlier.canonical(), verified || verifiedSince)) {
            return new EmailTaken();
        }
        return new EmailChanged(profile(user.get()));
    }

    /** Frees the addresses that are reserved for an account, except those that it can still get back. */
    @Transactional(TxType.MANDATORY)
    public void releaseReservedEmails(AccountId id, Set<EmailAddress> kept) {
        reservedEmails.release(
                id.value(), kept.stream().map(EmailAddress::canonical).collect(Collectors.toUnmodifiableSet()));
    }

    /** Deletes an account with everything that belongs to it except its audit log; false if there is none. */
    @Transactional(TxType.MANDATORY)
    public boolean delete(AccountId id) {
        return users.deleteById(id.value());
    }

    @Override
    public String name() {
        return "reserved e-mail addresses";
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return reservedEmails.deleteExpired(limit);
    }

    private static boolean isActive(UserEntity user) {
        return user.disabledAt == null;
    }

    private Credential credential(String userId) {
        AccountId user = new AccountId(userId);
        return credentials
                .password(userId)
                .map(row -> new Credential(user, new PasswordHash(row.secret), row.version))
                .orElseGet(() -> new Credential(user, null));
    }

    static Profile profile(UserEntity row) {
        return new Profile(
                new AccountId(row.id),
                EmailAddress.stored(row.email),
                row.name,
                row.image,
                row.emailVerified,
                row.locale,
                roles(row.roles),
                row.tokenVersion,
                row.createdAt,
                row.updatedAt);
    }

    /** Returns the roles of a row: they are changed by SQL, which sets the same one twice or a null as well. */
    static Set<String> roles(String[] column) {
        return Arrays.stream(column).filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet());
    }

    /** A change of a profile. Fields that are not changed keep their value; null clears. */
    public record ProfileChange(
            boolean changesName,
            @Nullable String name,
            boolean changesImage,
            @Nullable String image,
            boolean changesLocale,
            @Nullable String locale) {

        /** A change that leaves the language as it is. */
        public ProfileChange(boolean changesName, @Nullable String name, boolean changesImage, @Nullable String image) {
            this(changesName, name, changesImage, image, false, null);
        }
    }

    /**
     * The stored password hash of a user, or null for a user without a password.
     *
     * @param version counts the changes of the password, but for hashing the same one anew
     */
    public record Credential(AccountId user, @Nullable PasswordHash hash, long version) {

        /** A credential that was never changed. */
        public Credential(AccountId user, @Nullable PasswordHash hash) {
            this(user, hash, 0);
        }
    }
}
