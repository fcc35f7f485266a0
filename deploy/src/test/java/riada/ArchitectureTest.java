package riada;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules and packages, as the design draws them. */
@AnalyzeClasses(packages = "riada", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] PROTO = {"riada.proto", "riada.geo", "riada.mask"};
  private static final String[] INGEST = {"riada.ingest", "riada.simulate"};
  private static final String[] SEGMENTER = {
    "riada.segmenter", "riada.detect", "riada.sam", "riada.onnx", "riada.eval", "riada.finetune"
  };
  private static final String[] ALERTS = {"riada.stream", "riada.cap", "riada.dashboard"};

  @ArchTest static final ArchRule protoKnowsNoOtherModule = knowsOnly(PROTO);
  @ArchTest static final ArchRule ingestKnowsOnlyProto = knowsOnly(INGEST, PROTO);
  @ArchTest static final ArchRule segmenterKnowsOnlyProto = knowsOnly(SEGMENTER, PROTO);
  @ArchTest static final ArchRule alertsKnowsOnlyProto = knowsOnly(ALERTS, PROTO);

  @ArchTest
  static final ArchRule theLocalSystemDoesNotKnowTheCommandLine =
      noClasses()
          .that()
          .resideInAPackage("riada.local")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("riada.cli");

  // riada.proto, .geo and .mask are one contract: messages hold run lengths of masks on the grid.
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices()
          .matching("riada.(*)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(resideInAnyPackage(PROTO), resideInAnyPackage(PROTO));

  @ArchTest
  static final ArchRule packagesAreOneLevelDeep =
      noClasses().should().resideInAPackage("riada.*.*..").allowEmptyShould(true);

  @ArchTest
  static final ArchRule noPackageIsADrawerForOddments =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..helpers..", "..manager..");

  @ArchTest static final ArchRule noJavaUtilLogging = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static void onlyTheCommandLinePrints(JavaClasses classes) {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
        classes.that(DescribedPredicate.not(resideInAnyPackage("riada.cli"))));
  }

  private static ArchRule knowsOnly(String[] own, String[]... others) {
    String[] all = new String[] {"riada.."};
    DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> allowed =
        resideInAnyPackage(own);
    for (String[] other : others) {
      allowed = allowed.or(resideInAnyPackage(other));
    }
    return noClasses()
        .that(resideInAnyPackage(own))
        .should()
        .dependOnClassesThat(resideInAnyPackage(all).and(DescribedPredicate.not(allowed)))
        .allowEmptyShould(true); // a module's packages come one by one
  }
}
