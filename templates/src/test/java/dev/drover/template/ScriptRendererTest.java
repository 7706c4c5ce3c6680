package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptRendererTest {
  @TempDir Path folder;

  private static JobScriptModel model(ResourceSpec resources, List<String> command) {
    return JobScriptModel.of(
        new JobSpec("b-0001", Path.of("/run/b-0001"), command, resources, Map.of(), ""),
        JobOptions.NONE,
        command);
  }

  private static final JobScriptModel SMALL = model(ResourceSpec.ofNodes(1), List.of("true"));

  private ScriptRenderer template(String text) throws Exception {
    return ScriptRenderer.fromFile(Files.writeString(folder.resolve("own.ftl"), text));
  }

  @Test
  void numbers_areWrittenAsProgramsReadThem() throws Exception {
    assertThat(
            template("--nodes=${nodes}").render(model(ResourceSpec.ofNodes(1234), List.of("true"))))
        .isEqualTo("--nodes=1234");
  }

  @Test
  void absentValues_areNull_andPresentOnesFlat() throws Exception {
    String text =
        "<#if coresPerNode??>c=${coresPerNode} </#if><#if memoryPerNodeMib??>m=${memoryPerNodeMib} </#if>"
            + "<#if acceleratorsPerNode??>a=${acceleratorsPerNode} </#if>"
            + "<#if walltimeSeconds??>w=${walltimeSeconds} </#if><#if workerInit??>i</#if>.";
    ResourceSpec full =
        new ResourceSpec(
            2,
            OptionalInt.of(64),
            Optional.of(ByteSize.parse("1.5GiB")),
            OptionalInt.of(4),
            Optional.of(Duration.ofMinutes(20)));
    assertThat(template(text).render(SMALL)).isEqualTo(".");
    assertThat(template(text).render(model(full, List.of("true"))))
        .isEqualTo("c=64 m=1536 a=4 w=1200 .");
  }

  @Test
  void sh_quotesValuesNumbersAndWholeLines() throws Exception {
    JobScriptModel job = model(ResourceSpec.ofNodes(1), List.of("run", "it's", "-n", "$HOME", ""));
    assertThat(template("${sh(nodes)} ${sh(command)} ${sh(jobName)}").render(job))
        .isEqualTo("1 run 'it'\\''s' -n '$HOME' '' b-0001");
  }

  @Test
  void sh_ofAnAbsentValue_isAnError() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> template("${sh(workerInit)}").render(SMALL))
        .withMessageContaining("own.ftl");
  }

  @Test
  void absentVariable_namesTemplateLineAndMend_andPrintsNothing() {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed));
    try {
      assertThatExceptionOfType(ScriptRenderException.class)
          .isThrownBy(() -> template("#!/bin/bash\necho ${HOME}\n").render(SMALL))
          .withMessageContaining("own.ftl")
          .withMessageContaining("line 2")
          .withMessageContaining("b-0001")
          .withMessageContaining("fix:");
    } finally {
      System.setErr(before);
    }
    assertThat(printed.toString()).isEmpty();
  }

  @Test
  void brokenTemplate_namesFileAndLine() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> template("a\n<#if nodes>\n"))
        .withMessageContaining("own.ftl")
        .withMessageContaining("fix:");
  }

  @Test
  void missingTemplates_areNamed() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> ScriptRenderer.shipped("nowhere"))
        .withMessageContaining("templates/nowhere.sh.ftl");
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> ScriptRenderer.fromFile(folder.resolve("absent.ftl")))
        .withMessageContaining("absent.ftl");
  }

  @Test
  void templates_cannotReachJavaClasses() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(
            () -> template("${'freemarker.template.utility.Execute'?new()('id')}").render(SMALL));
  }
}
