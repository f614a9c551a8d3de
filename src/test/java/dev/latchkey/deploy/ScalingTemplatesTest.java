package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code hpa.yaml}, {@code pdb.yaml} */
class ScalingTemplatesTest {

    @Nested
    class Autoscaler {

        @Test
        void isNotThereByDefault() {
            assertTrue(render(REQUIRED).all(HorizontalPodAutoscaler.class).isEmpty());
        }

        @Test
        void scalesTheDeploymentByItsProcessors() {
            HorizontalPodAutoscaler autoscaler =
                    render(REQUIRED, "autoscaling: {enabled: true}").only(HorizontalPodAutoscaler.class);
            assertEquals("Deployment", autoscaler.getSpec().getScaleTargetRef().getKind());
            assertEquals("apps/v1", autoscaler.getSpec().getScaleTargetRef().getApiVersion());
            assertEquals(
                    render(REQUIRED).only(Deployment.class).getMetadata().getName(),
                    autoscaler.getSpec().getScaleTargetRef().getName());
            assertEquals(2, autoscaler.getSpec().getMinReplicas());
            assertEquals(
                    70,
                    autoscaler
                            .getSpec()
                            .getMetrics()
                            .get(0)
                            .getResource()
                            .getTarget()
                            .getAverageUtilization());
        }

        /** A replica takes up to 23 connections, and PostgreSQL allows 100 by default, three of them for its superuser. */
        @Test
        void staysBelowTheConnectionsThatPostgresqlAllows() {
            int max = render(REQUIRED, "autoscaling: {enabled: true}")
                    .only(HorizontalPodAutoscaler.class)
                    .getSpec()
                    .getMaxReplicas();
            assertEquals(4, max);
            assertTrue(max * 23 <= 97);
        }
    }

    @Nested
    class DisruptionBudget {

        @Test
        void allowsOneReplicaToBeAway() {
            PodDisruptionBudget budget = render(REQUIRED).only(PodDisruptionBudget.class);
            assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
            assertEquals(
                    render(REQUIRED)
                            .only(Deployment.class)
                            .getSpec()
                            .getSelector()
                            .getMatchLabels(),
                    budget.getSpec().getSelector().getMatchLabels());
            assertEquals("AlwaysAllow", budget.getSpec().getUnhealthyPodEvictionPolicy());
        }

        @Test
        void canBeAShareOrNotBeThere() {
            assertEquals(
                    "25%",
                    render(REQUIRED, "podDisruptionBudget: {maxUnavailable: 25%}")
                            .only(PodDisruptionBudget.class)
                            .getSpec()
                            .getMaxUnavailable()
                            .getStrVal());
            assertTrue(render(REQUIRED, "podDisruptionBudget: {enabled: false}")
                    .all(PodDisruptionBudget.class)
                    .isEmpty());
        }
    }
}
