package dev.latchkey.platform.db;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.function.IntPredicate;

/** Runs actions after the current transaction. What they throw changes nothing about its outcome. */
@ApplicationScoped
public class AfterCommit {

    private final TransactionSynchronizationRegistry transactions;

    AfterCommit(TransactionSynchronizationRegistry transactions) {
        this.transactions = transactions;
    }

    /** Runs the action once the transaction has committed; without a transaction, now. */
    public void run(Runnable action) {
        if (transactions.getTransactionKey() == null) {
            action.run();
        } else {
            register(action, status -> status == Status.STATUS_COMMITTED);
        }
    }

    /**
     * Runs the action unless the transaction has been rolled back: also when the response to the commit was lost, so that
     * it may have happened. There has to be a transaction.
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
