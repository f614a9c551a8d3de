package dev.latchkey.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import java.time.Clock;

/** Who may depend on whom, and other things that a reader may rely on. */
@AnalyzeClasses(packages = "dev.latchkey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule hasNoCycles =
            slices().matching("dev.latchkey.(*)..").should().beFreeOfCycles().because("data goes downwards");

    @ArchTest
    static final ArchRule apiStandsOnTop =
            only("api", "account", "audit", "fault", "gate", "key", "password", "session", "signin", "token");

    @ArchTest
    static final ArchRule betterauthStandsOnTop = only(
            "betterauth", "account", "audit", "fault", "gate", "password", "revocation", "session", "signin", "token");

    @ArchTest
    static final ArchRule faultKnowsNobody = only("fault");

    @ArchTest
    static final ArchRule commandStandsOnTop = only("command", "gate", "key", "moving", "probe", "token");

    @ArchTest
    static final ArchRule signinKnowsTheFeatures =
            only("signin", "account", "audit", "link", "mail", "password", "revocation", "session", "token");

    @ArchTest
    static final ArchRule linkKnowsAccountsByIdAndAddress = only("link", "account", "audit");

    @ArchTest
    static final ArchRule mailKnowsAddresses = only("mail", "account");

    @ArchTest
    static final ArchRule movingKnowsWhatPeopleBring =
            only("moving", "account", "audit", "password", "session", "token");

    @ArchTest
    static final ArchRule gateKnowsTokens = only("gate", "audit", "token");

    @ArchTest
    static final ArchRule accountKnowsPasswords = only("account", "audit", "password");

    @ArchTest
    static final ArchRule sessionKnowsAccountsByIdAndTokens =
            only("session", "account", "audit", "revocation", "token");

    @ArchTest
    static final ArchRule tokenKnowsKeysAndRevocations = only("token", "audit", "key", "revocation");

    @ArchTest
    static final ArchRule revocationKnowsNoToken = only("revocation", "audit", "key");

    @ArchTest
    static final ArchRule keyRecordsWhatItDoes = only("key", "audit");

    @ArchTest
    static final ArchRule passwordKnowsNobody = only("password");

    @ArchTest
    static final ArchRule auditKnowsNobody = only("audit");

    @ArchTest
    static final ArchRule probeIsPlainJava = classes()
            .that()
            .resideInAPackage("dev.latchkey.probe..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.latchkey.probe..", "java..", "javax.net..", "org.jspecify..")
            .because(
                    "it looks at a deployment as a stranger does, from a machine without settings, and shares none of the"
                            + " gate's assumptions");

    @ArchTest
    static final ArchRule sessionsSeeOfAccountsOnlyTheirIds = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.session..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.latchkey.account..")
                    .and(not(nameMatching("dev\\.latchkey\\.account\\.AccountId"))))
            .because("who a person is does not matter to a session");

    @ArchTest
    static final ArchRule httpStaysInTheFaces = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.latchkey.api..", "dev.latchkey.betterauth..", "dev.latchkey.gate..", "dev.latchkey.ops..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.ws.rs..", "io.vertx..", "io.quarkus.vertx.http..")
            .because("the domain knows no HTTP");

    @ArchTest
    static final ArchRule persistenceStaysInItsPlace = noClasses()
            .that(not(nameMatching(".*(Entity|Entity\\$Key|Repository)(_.*)?")))
            .should()
            .dependOnClassesThat(resideInAnyPackage("jakarta.persistence..", "org.hibernate..")
                    .or(resideInAPackage("io.quarkus.hibernate..")))
            .because("every holder of a row could delete it");

    @ArchTest
    static final ArchRule entitiesStayInTheirFeature = classes()
            .that()
            .haveNameMatching(".*(Entity|Repository)")
            .should()
            .bePackagePrivate()
            .because("a row never leaves its feature");

    @ArchTest
    static final ArchRule cryptographyStaysInItsPlace = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.latchkey.password..",
                    "dev.latchkey.key..",
                    "dev.latchkey.token..",
                    "dev.latchkey.revocation..")
            .and(not(nameMatching(
                    "dev\\.latchkey\\.ops\\.(EmbeddedDatabase|EmbeddedDatabase\\$.*|DevelopmentSettings)")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.crypto..", "org.bouncycastle..", "org.jose4j..")
            .because("it is read there by whoever reviews it");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields =
            fields().should().notBeAnnotatedWith(Inject.class).because("a constructor says what a class needs");

    @ArchTest
    static final ArchRule thereIsOneClock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.latchkey.ops.ClockSource")
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "reads a clock of its own",
                    call -> (call.getTargetOwner().isAssignableTo(Clock.class)
                                    && call.getName().startsWith("system"))
                            || (call.getTargetOwner().getPackageName().equals("java.time")
                                    && call.getName().equals("now")
                                    && call.getTarget().getRawParameterTypes().isEmpty())))
            .because("tests set the time");

    @ArchTest
    static final ArchRule everyRouteStatesItsAccess = methods()
            .that()
            .areMetaAnnotatedWith(HttpMethod.class)
            .should()
            .beAnnotatedWith(io.quarkus.security.Authenticated.class)
            .orShould()
            .beAnnotatedWith(jakarta.annotation.security.PermitAll.class)
            .orShould()
            .beAnnotatedWith(jakarta.annotation.security.RolesAllowed.class)
            .because("nothing is open unless a line says so");

    @ArchTest
    static final ArchRule exceptionsAreNamedSo =
            classes().that(assignableTo(Exception.class)).should().haveSimpleNameEndingWith("Exception");

    private static ArchRule only(String feature, String... allowed) {
        String[] packages = new String[allowed.length + 1];
        packages[0] = "dev.latchkey." + feature + "..";
        for (int i = 0; i < allowed.length; i++) {
            packages[i + 1] = "dev.latchkey." + allowed[i] + "..";
        }
        DescribedPredicate<JavaClass> ours = resideInAPackage("dev.latchkey..");
        return noClasses()
                .that()
                .resideInAPackage("dev.latchkey." + feature + "..")
                .should()
                .dependOnClassesThat(ours.and(not(resideInAnyPackage(packages))))
                .because("arrows go down, and these are all that lead out of " + feature);
    }
}
