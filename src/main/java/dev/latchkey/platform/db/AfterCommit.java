package dev.latchkey.platform.db;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.function.IntPredicate;

/** Runs actions after the current transaction; an exception in one of them does not change its outcome. */
@ApplicationScoped
public class AfterCommit {

    private final TransactionSynchronizationRegistry transactions;

    AfterCommit(TransactionSynchronizationRegistry transactions) {
        this.transactions = transactions;
    }

    /** Runs an action once the current transaction has committed, or at once if there is none. */
    public void run(Runnable action) {
        if (transactions.getTransactionKey() == null) {
            action.run();
        } else {
            register(action, status -> status == Status.STATUS_COMMITTED);
        }
    }

    /**
     * Runs an action unless the current transaction is rolled back: also when the response to the commit was lost, since
     * the commit may have happened. There must be a transaction.
     */
    public void runUnlessRolledBack(Runnable action) {
        register(action, status -> status != Status.STATUS_ROLLEDBACK);
    }

    private void register(Runnable action, IntPredicate applies) {
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (applies.test(status)) {
                    action.run();
                }
            }
        });
    }
}
