package dev.drover.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Each library has one door, the worker pool stands alone, and no package needs itself round a
 * corner.
 */
@AnalyzeClasses(packages = "dev.drover", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleWallsTest {
  private static final String[] WORKER_POOL = {
    "dev.drover.task..", "dev.drover.protocol..", "dev.drover.manager..", "dev.drover.worker..",
    "dev.drover.pinning..", "dev.drover.process..", "dev.drover.node..", "dev.drover.mpi.."
  };

  @ArchTest static final ArchRule PICOCLI_ONLY_IN_THE_CLI = only("picocli..", "dev.drover.cli..");

  @ArchTest
  static final ArchRule FREEMARKER_ONLY_IN_TEMPLATES =
      only("freemarker..", "dev.drover.template..");

  @ArchTest
  static final ArchRule COMMONS_CONFIGURATION_ONLY_IN_THE_SITE_READER =
      only("org.apache.commons.configuration2..", "dev.drover.site..");

  @ArchTest
  static final ArchRule JEROMQ_ONLY_IN_THE_LOOPS =
      only(
          "org.zeromq..",
          "dev.drover.protocol..",
          "dev.drover.manager..",
          "dev.drover.interchange..",
          "dev.drover.remote..");

  @ArchTest
  static final ArchRule JEROMQ_INTERNALS_ONLY_IN_THE_LOOPS =
      only("zmq..", "dev.drover.protocol..", "dev.drover.manager..", "dev.drover.interchange..");

  @ArchTest
  static final ArchRule JNA_ONLY_FOR_PROCESSES_AND_PINNING =
      only("com.sun.jna..", "dev.drover.process..", "dev.drover.pinning..");

  @ArchTest
  static final ArchRule JSCH_ONLY_IN_THE_HEAD_NODE =
      only("com.jcraft.jsch..", "dev.drover.headnode..");

  @ArchTest static final ArchRule OSHI_ONLY_IN_THE_NODE_PROBE = only("oshi..", "dev.drover.node..");

  @ArchTest
  static final ArchRule JACKSON_ONLY_IN_JOURNAL_CLI_AND_DIALECTS =
      only(
          "com.fasterxml.jackson..",
          "dev.drover.journal..",
          "dev.drover.cli..",
          "dev.drover.provider..");

  @ArchTest
  static final ArchRule DIFFUTILS_ONLY_WHERE_TEMPLATES_ARE_SHOWN =
      only("com.github.difflib..", "dev.drover.cli.render..");

  @ArchTest
  static final ArchRule LOGBACK_ONLY_IN_THE_CONSOLE =
      only("ch.qos.logback..", "dev.drover.cli.console..");

  @ArchTest
  static final ArchRule WORKER_POOL_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER_POOL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.drover.job..",
              "dev.drover.spelling..",
              "dev.drover.template..",
              "dev.drover.launcher..",
              "dev.drover.provider..",
              "dev.drover.headnode..",
              "dev.drover.site..",
              "dev.drover.executor..",
              "dev.drover.interchange..",
              "dev.drover.block..",
              "dev.drover.journal..",
              "dev.drover.cli..");

  @ArchTest
  static final ArchRule NOBODY_NEEDS_THE_CLI =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.drover.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.drover.cli..");

  @ArchTest
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching("dev.drover.(*)..").should().beFreeOfCycles();

  private static ArchRule only(String library, String... doors) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(doors)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because("the library has one door");
  }
}
