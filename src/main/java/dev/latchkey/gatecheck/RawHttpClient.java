package dev.latchkey.gatecheck;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests to the deployment, each on a connection of its own, exactly as they stand: no HTTP client would send most of
 * them unchanged.
 */
final class RawHttpClient {

    private final Deployment deployment;
    private final SSLSocketFactory trust;
    private final BearerToken token;
    private final Duration timeout;
    private @Nullable InetAddress address;

    /**
     * @param timeout how long connecting may take, and how long everything after that
     */
    RawHttpClient(Deployment deployment, SSLSocketFactory trust, BearerToken token, Duration timeout) {
        this.deployment = deployment;
        this.trust = trust;
        this.token = token;
        this.timeout = timeout;
    }

    RawResponse send(TestRequest attempt) {
        AtomicBoolean late = new AtomicBoolean();
        RawResponse reply;
        try {
            Socket socket = connected();
            // A timeout of the socket's own begins anew with every octet.
            Thread watch = Thread.ofVirtual().start(() -> closeInTime(socket, late));
            try {
                reply = exchange(attempt, deployment.secure() ? secured(socket) : socket);
            } finally {
                watch.interrupt();
                close(socket);
            }
        } catch (UnknownHostException unknown) {
            return new RawResponse.Unclear("the host is not known");
        } catch (SSLException noTls) {
            reply = new RawResponse.Unclear("TLS failed: " + words(noTls));
        } catch (IOException failed) {
            reply = new RawResponse.Unclear("no connection: " + words(failed));
        }
        return late.get() && !(reply instanceof RawResponse.Answered)
                ? new RawResponse.Unclear("no answer within " + timeout.toSeconds() + " s")
                : reply;
    }

    private RawResponse exchange(TestRequest attempt, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        try {
            OutputStream out = socket.getOutputStream();
            out.write(attempt.wire(deployment, token));
            out.flush();
        } catch (IOException answeredBefore) {
            // What it has seen may have been enough for an answer.
        }
        return RawResponseReader.read(in, attempt.method());
    }

    /** By the first address that takes a connection, and from then on by that. */
    private Socket connected() throws IOException {
        InetAddress known = address;
        InetAddress[] candidates =
                known == null ? InetAddress.getAllByName(deployment.hostname()) : new InetAddress[] {known};
        IOException failure = new UnknownHostException();
        for (InetAddress candidate : candidates) {
            Socket socket = new Socket();
            try {
                socket.connect(
                        new InetSocketAddress(candidate, deployment.port()), Math.toIntExact(timeout.toMillis()));
                address = candidate;
                return socket;
            } catch (IOException refused) {
                close(socket);
                failure = refused;
            }
        }
        throw failure;
    }

    private Socket secured(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) trust.createSocket(plain, deployment.hostname(), deployment.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        // Security: without this any certificate of any host that is trusted would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        if (deployment.isNamed()) {
            parameters.setServerNames(List.of(new SNIHostName(deployment.hostname())));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private void closeInTime(Socket socket, AtomicBoolean late) {
        try {
            Thread.sleep(timeout);
            late.set(true);
            close(socket);
        } catch (InterruptedException inTime) {
            // The answer is there.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // That will do.
        }
    }

    /** Security: words of the platform, which may quote what the server sent; on one line, and nothing but ASCII. */
    private static String words(IOException failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.replaceAll("[^ -~]+", " ").strip();
    }
}
