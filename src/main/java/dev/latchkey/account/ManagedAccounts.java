package dev.latchkey.account;

import dev.latchkey.account.AccountPage.Cursor;
import dev.latchkey.account.AccountPage.Query;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.db.Migrations;
import dev.latchkey.platform.http.Client;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Accounts as administrators find, ban and give roles to them. A change happens in the caller's transaction. */
@ApplicationScoped
public class ManagedAccounts {

    /** How many accounts one page looks at, so that no search takes longer than a few tens of milliseconds. */
    static final int EXAMINED = 5_000;

    static final String JOB = "expired-bans";

    private static final Logger LOG = Logger.getLogger(ManagedAccounts.class);
    private static final int BATCH = 100;

    /** Who ends a ban that has come to its end, as the audit log has it. */
    private static final String SERVICE = "service";

    private final ManagedAccountRepository rows;
    private final AuditLog audit;
    private final Migrations migrations;

    ManagedAccounts(ManagedAccountRepository rows, AuditLog audit, Migrations migrations) {
        this.rows = rows;
        this.audit = audit;
        this.migrations = migrations;
    }

    /** Returns an account, disabled or not. */
    @Transactional(TxType.SUPPORTS)
    public Optional<ManagedAccount> find(AccountId id) {
        return rows.find(id.value());
    }

    /** Returns a page of the accounts that a query finds; the cursor must be of its order. */
    @Transactional(TxType.NEVER)
    public AccountPage page(Query query, @Nullable Cursor after, int limit) {
        List<ManagedAccountRepository.Found> found = rows.page(query, after, limit + 1, EXAMINED);
        List<ManagedAccount> accounts = found.stream()
                .limit(limit)
                .map(ManagedAccountRepository.Found::account)
                .toList();
        Cursor next = found.size() > limit
                ? found.get(limit - 1).cursor()
                : rows.lastExamined(query, after, EXAMINED).orElse(null);
        return new AccountPage(accounts, next);
    }

    /** Locks an account, disabled or not, and returns it as it is then; empty if there is none. */
    @Transactional(TxType.MANDATORY)
    public Optional<ManagedAccount> lock(AccountId id) {
        return rows.lock(id.value()) ? find(id) : Optional.empty();
    }

    /** Returns an account as it is after the changes of the caller's transaction. */
    @Transactional(TxType.MANDATORY)
    public Optional<ManagedAccount> readAgain(AccountId id) {
        rows.flush();
        return find(id);
    }

    /** Returns whether an account is that of an administrator, and not disabled. */
    @Transactional(TxType.MANDATORY)
    public boolean isAdministrator(AccountId id) {
        return rows.isAdministrator(id.value());
    }

    /** Lets transactions that may take an administrator away come one after another, before anything is locked. */
    @Transactional(TxType.MANDATORY)
    public void lockAdministrators() {
        rows.lockAdministrators();
    }

    /** Returns whether there is another administrator whose account is not disabled. */
    @Transactional(TxType.MANDATORY)
    public boolean hasAdministratorBeside(AccountId id) {
        return rows.hasAdministratorBeside(id.value());
    }

    /** Gives a locked account these roles and no others; the database refuses all earlier tokens of its user. */
    @Transactional(TxType.MANDATORY)
    public void setRoles(AccountId id, Set<String> roles, AuditEvent event) {
        rows.recordChanges();
        rows.setRoles(id.value(), roles.stream().sorted().toList());
        audit.record(event);
    }

    /**
     * Disables a locked account, or changes its ban; the database ends all sessions of its user and refuses their tokens.
     *
     * @param until when the account is enabled again, or null
     */
    @Transactional(TxType.MANDATORY)
    public void ban(AccountId id, @Nullable String reason, @Nullable Instant until, AuditEvent event) {
        rows.recordChanges();
        rows.ban(id.value(), reason, until);
        audit.record(event);
    }

    /** Enables a locked account. */
    @Transactional(TxType.MANDATORY)
    public void enable(AccountId id, AuditEvent event) {
        rows.recordChanges();
        if (rows.enable(id.value())) {
            audit.record(event);
        }
    }

    /** Ends the ban of a locked account if its time has come. */
    @Transactional(TxType.MANDATORY)
    boolean endExpiredBan(AccountId id) {
        if (!rows.hasExpiredBan(id.value())) {
            return false;
        }
        enable(id, banEnded(id.value()));
        return true;
    }

    /** Ends the bans whose time has come; several replicas take different accounts. */
    @Scheduled(identity = JOB, every = "5s", delayed = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void endExpiredBans() {
        if (!migrations.isDone()) {
            return;
        }
        try {
            while (QuarkusTransaction.requiringNew().call(this::endBatch) == BATCH) {
                LOG.debug("ended bans");
            }
        } catch (RuntimeException e) {
            LOG.warnf("Ending bans failed and will be tried again: %s", DatabaseErrors.reason(e));
        }
    }

    private int endBatch() {
        rows.recordChanges();
        List<String> enabled = rows.enableExpired(BATCH);
        enabled.forEach(id -> audit.record(banEnded(id)));
        return enabled.size();
    }

    private static AuditEvent banEnded(String id) {
        return AuditEvent.administered(AuditEvent.Type.ACCOUNT_ENABLED, id, SERVICE, Map.of(), Client.NONE);
    }
}
