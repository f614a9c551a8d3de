package dev.latchkey.compare;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A function of a library that is called again and again, in this very process and by one thread. */
record LibraryCalls(Callable<Boolean> call) implements Load {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String ARGON2 = "libargon2.so.1";
    private static final int ARGON2ID = 2;
    private static final int TOKEN_BYTES = 600;

    /** Returns the verification of one signature of a message of a token's length by the platform's own Ed25519. */
    static LibraryCalls ed25519() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] message = new byte[TOKEN_BYTES];
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(message);
            byte[] signature = signer.sign();
            return new LibraryCalls(() -> {
                Signature verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(pair.getPublic());
                verifier.update(message);
                return verifier.verify(signature);
            });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the verification of a password by the reference implementation in C; empty, and says so, without it. */
    static Optional<LibraryCalls> argon2(String password) {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(ARGON2, Arena.global());
        } catch (IllegalArgumentException e) {
            System.out.println(
                    ARGON2 + ", the reference implementation of Argon2, is left out, for it is not installed");
            return Optional.empty();
        }
        MethodHandle hash = function(
                library,
                "argon2id_hash_encoded",
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG);
        MethodHandle verify = function(
                library,
                "argon2_verify",
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT);
        MemorySegment text = Arena.global().allocateFrom(password);
        long length = text.byteSize() - 1;
        MemorySegment salt = Arena.global().allocateFrom("sixteen bytes so");
        MemorySegment encoded = Arena.global().allocate(256);
        // The parameters that latchkey.password.argon2 has by default.
        int passes = 2;
        int kibibytes = 19 * 1024;
        int lanes = 1;
        if (invoke(hash, passes, kibibytes, lanes, text, length, salt, 16L, 32L, encoded, encoded.byteSize()) != 0) {
            throw new IllegalStateException(ARGON2 + " makes no hash");
        }
        return Optional.of(new LibraryCalls(() -> invoke(verify, encoded, text, length, ARGON2ID) == 0));
    }

    private static MethodHandle function(
            SymbolLookup library, String name, java.lang.foreign.MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(
                        library.find(name).orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static int invoke(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) { // what a method handle declares
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Outcome run(Duration time) throws InterruptedException {
        FutureTask<Outcome> task = new FutureTask<>(() -> callFor(time));
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Outcome callFor(Duration time) throws Exception {
        long start = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        long calls = 0;
        while (System.nanoTime() - start < time.toNanos()) {
            if (!call.call()) {
                throw new IllegalStateException("the library refuses what is right");
            }
            calls++;
        }
        double took = System.nanoTime() - start;
        return new Outcome(calls * 1e9 / took, (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / calls, null);
    }
}
