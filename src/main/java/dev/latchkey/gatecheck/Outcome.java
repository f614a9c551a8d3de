package dev.latchkey.gatecheck;

import java.util.List;

/** What a check came to. */
public sealed interface Outcome {

    /** The routes do not answer as they should to begin with, so nothing was tried. */
    record NotBegun(String sentences) implements Outcome {}

    /**
     * Everything was tried.
     *
     * @param remarks what the operator should know beside, a sentence each
     */
    record Finished(List<Finding> findings, List<String> remarks) implements Outcome {

        public Finished {
            findings = List.copyOf(findings);
            remarks = List.copyOf(remarks);
        }
    }

    /** On the way the user's own route ceased to answer, so what was refused since may mean nothing. */
    record BrokenOff(List<Finding> findings, List<String> remarks, String sentences) implements Outcome {

        public BrokenOff {
            findings = List.copyOf(findings);
            remarks = List.copyOf(remarks);
        }
    }
}
