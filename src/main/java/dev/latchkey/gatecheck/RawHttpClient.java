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
 * Sends requests to the deployment exactly as written, each on a connection of its own. Written by hand, since HTTP clients
 * refuse or normalise most of these requests: ambiguous paths, raw octets, repeated and hop-by-hop headers.
 */
final class RawHttpClient {

    private final Deployment deployment;
    private final SSLSocketFactory trustedCertificates;
    private final BearerToken token;
    private final Duration timeout;
    private @Nullable InetAddress reachable;

    /**
     * @param timeout how long connecting may take, and how long everything after that
     */
    RawHttpClient(Deployment deployment, SSLSocketFactory trustedCertificates, BearerToken token, Duration timeout) {
        this.deployment = deployment;
        this.trustedCertificates = trustedCertificates;
        this.token = token;
        this.timeout = timeout;
    }

    RawResponse send(TestRequest request) {
        AtomicBoolean timedOut = new AtomicBoolean();
        RawResponse response;
        try {
            Socket socket = connect();
            // The timeout of the socket itself starts again with every octet.
            Thread watchdog = Thread.ofVirtual().start(() -> closeAfterTimeout(socket, timedOut));
            try {
                response = exchange(request, deployment.secure() ? startTls(socket) : socket);
            } finally {
                watchdog.interrupt();
                close(socket);
            }
        } catch (UnknownHostException unknown) {
            return new RawResponse.Unclear("the host is unknown");
        } catch (SSLException tlsFailure) {
            response = new RawResponse.Unclear("TLS failed: " + message(tlsFailure));
        } catch (IOException failed) {
            response = new RawResponse.Unclear("no connection: " + message(failed));
        }
        return timedOut.get() && !(response instanceof RawResponse.Received)
                ? new RawResponse.Unclear("no response within " + timeout.toSeconds() + " s")
                : response;
    }

    private RawResponse exchange(TestRequest request, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        try {
            OutputStream out = socket.getOutputStream();
            out.write(request.encode(deployment, token));
            out.flush();
        } catch (IOException closedEarly) {
            // The server may have responded to the part that it has read.
        }
        return RawResponseReader.read(in, request.method());
    }

    /** Connects to the first address that accepts, and to the same one from then on. */
    private Socket connect() throws IOException {
        InetAddress known = reachable;
        InetAddress[] candidates =
                known == null ? InetAddress.getAllByName(deployment.hostname()) : new InetAddress[] {known};
        IOException failure = new UnknownHostException();
        for (InetAddress candidate : candidates) {
            Socket socket = new Socket();
            try {
                socket.connect(
                        new InetSocketAddress(candidate, deployment.port()), Math.toIntExact(timeout.toMillis()));
                reachable = candidate;
                return socket;
            } catch (IOException refused) {
                close(socket);
                failure = refused;
            }
        }
        throw failure;
    }

    private Socket startTls(Socket plain) throws IOException {
        SSLSocket socket =
                (SSLSocket) trustedCertificates.createSocket(plain, deployment.hostname(), deployment.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        // Security: without this a trusted certificate of any other host would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        if (deployment.isNamed()) {
            parameters.setServerNames(List.of(new SNIHostName(deployment.hostname())));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private void closeAfterTimeout(Socket socket, AtomicBoolean timedOut) {
        try {
            Thread.sleep(timeout);
            timedOut.set(true);
            close(socket);
        } catch (InterruptedException inTime) {
            // The response is complete.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // As intended.
        }
    }

    /** Security: a message of the platform may quote what the server sent, so only ASCII on one line is kept. */
    private static String message(IOException failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.replaceAll("[^ -~]+", " ").strip();
    }
}
