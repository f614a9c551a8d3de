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
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.latchkey.platform.db.SingleStatements;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who may depend on whom, and other things that a reader may rely on. */
@AnalyzeClasses(packages = "dev.latchkey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] ENTRY_POINTS = {
        "dev.latchkey.api..",
        "dev.latchkey.oauth..",
        "dev.latchkey.betterauth..",
        "dev.latchkey.gate..",
        "dev.latchkey.pages..",
        "dev.latchkey.cli..",
        "dev.latchkey.gatecheck.."
    };

    private static final String[] FEATURES = {
        "dev.latchkey.signin..",
        "dev.latchkey.selfservice..",
        "dev.latchkey.admin..",
        "dev.latchkey.emaillink..",
        "dev.latchkey.session..",
        "dev.latchkey.token..",
        "dev.latchkey.revocation..",
        "dev.latchkey.account..",
        "dev.latchkey.password..",
        "dev.latchkey.key..",
        "dev.latchkey.mail..",
        "dev.latchkey.audit..",
        "dev.latchkey.userimport.."
    };

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().assignedFrom(new PackageSlices()).should().beFreeOfCycles().because("data goes downwards");

    @ArchTest
    static final ArchRule platformKnowsNoFeature = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.platform..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(ENTRY_POINTS).or(resideInAnyPackage(FEATURES)))
            .because("plumbing serves every feature and belongs to none");

    @ArchTest
    static final ArchRule featuresKnowNoEntryPoint = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat(resideInAnyPackage(ENTRY_POINTS))
            .because("a feature works the same whichever way a request came in");

    @ArchTest
    static final ArchRule accessTokensAreMintedForResponsesThatCarryThem = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .and()
            .resideOutsideOfPackage("dev.latchkey.token..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.latchkey.token.AccessTokens")
            .because("whether a response carries an access token is known to the entry point alone");

    @ArchTest
    static final ArchRule noAccessTokenIsMintedForASignInThroughBetterAuth = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.betterauth..")
            .and()
            .doNotHaveSimpleName("BetterAuthTokens")
            .and()
            .doNotHaveSimpleName("SessionRoutes")
            .and()
            .doNotHaveSimpleName("TokenRoutes")
            .should()
            .dependOnClassesThat(nameMatching(".*\\.(AccessTokens|BetterAuthTokens)"))
            .because("the client gets a session token, and an access token only where it requests one");

    @ArchTest
    static final ArchRule apiKnowsNoOtherEntryPoint = knowsNoOtherEntryPoint("api");

    @ArchTest
    static final ArchRule oauthKnowsNoOtherEntryPoint = knowsNoOtherEntryPoint("oauth");

    @ArchTest
    static final ArchRule betterauthKnowsNoOtherEntryPoint = knowsNoOtherEntryPoint("betterauth");

    @ArchTest
    static final ArchRule gateKnowsNoOtherEntryPoint = knowsNoOtherEntryPoint("gate");

    @ArchTest
    static final ArchRule pagesKnowNoOtherEntryPoint = knowsNoOtherEntryPoint("pages");

    /** The command line explains the rules of the gate and runs the gate check: it is the one that stands above others. */
    @ArchTest
    static final ArchRule cliKnowsTheGateOnly = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.latchkey.api..", "dev.latchkey.oauth..", "dev.latchkey.betterauth..", "dev.latchkey.pages..")
            .because("an operator's command is no client of the HTTP interfaces");

    @ArchTest
    static final ArchRule everyPackageHasALayer = classes()
            .that()
            .resideOutsideOfPackage("dev.latchkey")
            .should()
            .resideInAnyPackage(concat(ENTRY_POINTS, FEATURES, "dev.latchkey.platform.."))
            .because("a package that no rule names is held by no rule");

    @ArchTest
    static final ArchRule gateCheckIsPlainJava = classes()
            .that()
            .resideInAPackage("dev.latchkey.gatecheck..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.latchkey.gatecheck..", "java..", "javax.net..", "org.jspecify..")
            .because(
                    "it looks at a deployment as a stranger does, from a machine without settings, and shares none of the"
                            + " gate's assumptions");

    @ArchTest
    static final ArchRule sessionsKnowAccountsOnlyAsValues = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.session..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.latchkey.account..")
                    .and(not(nameMatching(
                            "dev\\.latchkey\\.account\\.(AccountId|Profile|ProfileRow|EmailAddress)(\\$.*)?"))))
            .because("a session is given who signed in, and asks no account for anything");

    @ArchTest
    static final ArchRule httpStaysInTheEntryPoints = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.latchkey.api..",
                    "dev.latchkey.oauth..",
                    "dev.latchkey.betterauth..",
                    "dev.latchkey.gate..",
                    "dev.latchkey.pages..",
                    "dev.latchkey.platform.http..",
                    "dev.latchkey.mail..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.ws.rs..", "io.vertx..", "io.quarkus.vertx.http..")
            .because("a feature knows no HTTP");

    @ArchTest
    static final ArchRule mailUsesTheMailClientOnly = noClasses()
            .that()
            .resideInAPackage("dev.latchkey.mail..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "jakarta.ws.rs..", "io.vertx.core.http..", "io.vertx.ext.web..", "io.quarkus.vertx.http..")
            .because("of Vert.x it needs the mail client, and no HTTP either");

    @ArchTest
    static final ArchRule persistenceStaysInItsPlace = noClasses()
            .that(not(nameMatching(".*(Entity|Entity\\$Key|Repository)(_.*)?")))
            // It holds no rows, and takes out of the executable what the next rule refuses.
            .and(not(nameMatching(".*\\.NoQueryLanguage(\\$.*)?")))
            .should()
            .dependOnClassesThat(resideInAnyPackage("jakarta.persistence..", "org.hibernate..")
                    .or(resideInAPackage("io.quarkus.hibernate.."))
                    // It has the name, and no rows.
                    .and(not(resideInAPackage("org.hibernate.validator.."))))
            .because("every holder of a row could delete it");

    @ArchTest
    static final ArchRule queriesAreSql = noClasses()
            .should()
            .callMethodWhere(DescribedPredicate.describe("has Hibernate parse a query", ArchitectureTest::parses))
            .because("the threads of a burst would parse it at once, which takes more memory than the executable has");

    @ArchTest
    static final ArchRule queriesStandInRepositories = noClasses()
            .that(not(nameMatching(".*Repository|.*\\.SingleStatements")))
            .should()
            .callMethod(SingleStatements.class, "row", String.class, SingleStatements.RowReader.class, Object[].class)
            .because("QueryPlansDatabaseTest looks at the plans of what repositories ask");

    @ArchTest
    static final ArchRule fewPrepareStatements = noClasses()
            .that(not(nameMatching(".*\\.(SingleStatements"
                    // These ask nothing of tables that grow, or are seen by QueryPlansDatabaseTest when the service
                    // starts.
                    + "|RetentionJob|RevocationFeed|ChangeListener|DatabaseMonitor|SchemaHistory"
                    // These belong to commands, or to another database.
                    + "|DatabaseCheck|DatabasePrivileges|UpgradeCheck|BetterAuthDatabase|EmbeddedDatabase"
                    // It hands on what others ask.
                    + "|FailFastDriver)(\\$.*)?")))
            .should()
            .dependOnClassesThat(assignableTo(Statement.class))
            .because("QueryPlansDatabaseTest looks at the plans of what repositories ask");

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
                    "dev.latchkey.platform.crypto..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.crypto..", "org.bouncycastle..", "org.jose4j..")
            .because("a reviewer of cryptography has four packages to read");

    @ArchTest
    static final ArchRule digestsAndRandomNumbersHaveOneHome = noClasses()
            .that()
            .resideOutsideOfPackages("dev.latchkey.password..", "dev.latchkey.platform.crypto..")
            .should()
            .dependOnClassesThat(nameMatching(
                    "java\\.security\\.(MessageDigest|SecureRandom)|javax\\.crypto\\.Mac|java\\.util\\.Random"))
            .because("platform.crypto has them, with their reasons; password hashes bring their own");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields =
            fields().should().notBeAnnotatedWith(Inject.class).because("a constructor says what a class needs");

    @ArchTest
    static final ArchRule thereIsOneClock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.latchkey.platform.ops.ClockSource")
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
    static final ArchRule administrationIsForAdministrators = methods()
            .that()
            .areMetaAnnotatedWith(HttpMethod.class)
            .and(DescribedPredicate.describe(
                    "are below /api/admin", method -> path(method).matches("/?api/admin(/.*)?")))
            .should()
            .beAnnotatedWith(DescribedPredicate.describe(
                    "@RolesAllowed(\"admin\")",
                    annotation -> annotation.getRawType().isEquivalentTo(RolesAllowed.class)
                            && Arrays.equals((Object[]) annotation.get("value").orElseThrow(), new Object[] {"admin"})))
            .because("a token opens every account there, so no other role and no mere sign-in may do");

    private static String path(JavaMethod method) {
        return Stream.of(
                        method.getOwner().tryGetAnnotationOfType(Path.class), method.tryGetAnnotationOfType(Path.class))
                .flatMap(Optional::stream)
                .map(Path::value)
                .collect(Collectors.joining("/"))
                .replaceAll("/+", "/");
    }

    @ArchTest
    static final ArchRule exceptionsAreNamedSo =
            classes().that(assignableTo(Exception.class)).should().haveSimpleNameEndingWith("Exception");

    /** Whether a call gives Hibernate a query in its own language, be it spelled out or a part that Panache completes. */
    private static boolean parses(JavaMethodCall call) {
        if (call.getTargetOwner().isAssignableTo(EntityManager.class)) {
            return call.getName().matches("create(Named|Selection|Mutation)?Query");
        }
        List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
        return call.getTarget()
                        .resolveMember()
                        .filter(method ->
                                method.getOwner().getPackageName().startsWith("io.quarkus.hibernate.orm.panache"))
                        .isPresent()
                && call.getName().matches("(find|list|stream|delete)All|find|list|stream|count|delete|update")
                && (parameters.isEmpty() || parameters.getFirst().isEquivalentTo(String.class));
    }

    private static ArchRule knowsNoOtherEntryPoint(String name) {
        String[] others = Stream.of(ENTRY_POINTS)
                .filter(entry -> !entry.equals("dev.latchkey." + name + ".."))
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("dev.latchkey." + name + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .because("what two entry points share is a feature or plumbing");
    }

    private static String[] concat(String[] first, String[] second, String third) {
        return Stream.of(Stream.of(first), Stream.of(second), Stream.of(third))
                .flatMap(packages -> packages)
                .toArray(String[]::new);
    }

    /** Each package below {@code dev.latchkey} is a slice, those of the platform one by one. */
    private static final class PackageSlices implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return name.startsWith("dev.latchkey.") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
