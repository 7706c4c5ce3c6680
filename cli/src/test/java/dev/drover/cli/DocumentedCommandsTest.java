package dev.drover.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.drover.cli.console.Console;
import dev.drover.headnode.FreePorts;
import dev.drover.site.SiteKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pages show, as a reader would do it: in {@code console} blocks each line after {@code $}
 * (and each indented one) is run on a real engine, in the page's order and one directory, and must
 * end with 0 or with what {@code # exit N} behind it says, and print the lines that stand below it,
 * times and figures aside. Blocks {@code text file=NAME} are files. Java blocks are compiled, whole
 * programs run.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String PAGES_ARE_WRITTEN_IN = "/home/you/drover";
  private static final Pattern EXIT = Pattern.compile("# exit (\\d+)$");
  private static final Pattern PROGRESS = Pattern.compile("drover: \\d+/\\d+ done .*");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern DROVER =
      Pattern.compile("(?:^|\\s)(?:\\./)?drover (-?-?[a-z][a-z-]*)([^|;]*)");

  /** The port that the pages take: here it may be another's. */
  private static final String PORT = "31999";

  /**
   * A Ctrl-C that the pages send after 8 s, when a first task is done: here that may take longer.
   */
  private static final String CTRL_C = "timeout --foreground --preserve-status -s INT 8 ";

  /** Sends it when a first task is done. */
  private static final String CTRL_C_AFTER_A_TASK =
      """
      run() {
        env --default-signal=INT "$@" &
        until grep -qs '"t":"done"' drover-runs/naps/journal.jsonl || ! kill -0 $!; do sleep 0.1; done
        kill -s INT $!
        wait $!
      }
      run\s""";

  @TempDir Path directory;

  private final String freePort = Integer.toString(FreePorts.first(1));
  private Path tree;

  private record Block(String info, List<String> lines) {}

  private record Shown(String command, List<String> output) {
    int exit() {
      Matcher exit = EXIT.matcher(command);
      return exit.find() ? Integer.parseInt(exit.group(1)) : 0;
    }
  }

  private record Result(int exit, String output) {}

  @BeforeEach
  void aCloneWithoutAJar() throws IOException {
    tree = Files.createDirectory(directory.resolve("clone")).toRealPath();
    Path examples = Files.createDirectory(tree.resolve("examples"));
    try (Stream<Path> files = Files.list(ROOT.resolve("examples"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, examples.resolve(file.getFileName()));
        Files.setPosixFilePermissions(
            examples.resolve(file.getFileName()), Files.getPosixFilePermissions(file));
      }
    }
    Path drover =
        Files.writeString(
            tree.resolve("drover"),
            "#!/bin/sh\nexec %s -XX:+UseSerialGC -Xmx256m -Duser.home=%s -cp '%s' dev.drover.cli.Main \"$@\"\n"
                .formatted(java(), tree, classpath()));
    Files.setPosixFilePermissions(drover, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classpath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @TestFactory
  Stream<DynamicTest> readme() throws IOException {
    return commandsOf("README.md");
  }

  @TestFactory
  Stream<DynamicTest> usersPage() throws IOException {
    return commandsOf("docs/users.md");
  }

  @TestFactory
  Stream<DynamicTest> siteAdminsPage() throws IOException {
    return commandsOf("docs/site-admins.md");
  }

  @TestFactory
  Stream<DynamicTest> remotePage() throws IOException {
    return commandsOf("docs/remote.md");
  }

  @TestFactory
  Stream<DynamicTest> examples() throws IOException {
    return commandsOf("examples/README.md");
  }

  private Stream<DynamicTest> commandsOf(String page) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Block block : blocks(page)) {
      if (block.info().startsWith("text file=")) {
        Path file = tree.resolve(block.info().substring("text file=".length()));
        tests.add(
            dynamicTest(file.getFileName().toString(), () -> Files.write(file, block.lines())));
      }
      for (Shown shown : shown(page, block)) {
        tests.add(dynamicTest(shown.command(), () -> assertShown(shown)));
      }
    }
    assertThat(tests).as(page + " shows commands").isNotEmpty();
    return tests.stream();
  }

  private void assertShown(Shown shown) throws Exception {
    String command = shown.command().replace(PORT, freePort).replace(CTRL_C, CTRL_C_AFTER_A_TASK);
    // Under nohup, or in a shell's background, tests inherit signals that no shell can unignore.
    Result result = run(List.of("env", "--default-signal", "bash", "-c", command));
    assertThat(result.exit()).as(shown.command() + "\n" + result.output()).isEqualTo(shown.exit());
    boolean varies = shown.command().contains("./drover ");
    List<String> printed = result.output().lines().map(line -> comparable(line, varies)).toList();
    for (String line : shown.output()) {
      if (!PROGRESS.matcher(line).matches()) {
        assertThat(printed).as(shown.command()).contains(comparable(line, varies));
      }
    }
  }

  /** Without what differs from machine to machine and from run to run. */
  private String comparable(String line, boolean varies) {
    String text = line.replace(tree.toString(), "TREE").replace(PAGES_ARE_WRITTEN_IN, "TREE");
    if (!varies) {
      return text;
    }
    return text.replaceAll(" in [^(]*\\(.*cpu time .*?\\)", " in T")
        .replaceAll("; \\d+ had ended before", "")
        .replaceAll("PATH: .*", "PATH")
        .replaceAll(" on [^ ,]+", " on HOST")
        .replaceAll("\\d+(\\.\\d+)?", "N");
  }

  private static List<Shown> shown(String page, Block block) {
    List<Shown> shown = new ArrayList<>();
    if (block.info().equals("console")) {
      assertThat(block.lines().get(0)).as(page + ": a console block").startsWith("$ ");
      for (String line : block.lines()) {
        if (line.startsWith("$ ")) {
          shown.add(new Shown(line.substring(2), new ArrayList<>()));
        } else {
          shown.get(shown.size() - 1).output().add(line);
        }
      }
    }
    return shown;
  }

  @Test
  void everyCommandAndOption_thatAPageNames_exists() throws IOException {
    Map<String, String> helps = new HashMap<>();
    for (String command :
        List.of(
            "run",
            "resume",
            "explain",
            "runs",
            "logs",
            "cancel",
            "render",
            "doctor",
            "interchange",
            "bundle",
            "completion",
            "fetch",
            "--version")) {
      helps.put(command, help(command, "--help"));
    }
    for (String command : List.of("list", "show", "check", "new", "blame", "diff", "keys")) {
      helps.merge("sites", help("sites", command, "--help"), String::concat);
    }
    for (String command : List.of("list", "show", "diff")) {
      helps.merge("templates", help("templates", command, "--help"), String::concat);
    }
    helps.put("worker-pool", "--help");
    String all = String.join("\n", helps.values());
    List<String> unknown = new ArrayList<>();
    for (String page :
        List.of(
            "README.md",
            "docs/users.md",
            "docs/site-admins.md",
            "docs/run-directory.md",
            "docs/remote.md",
            "examples/README.md")) {
      for (String code : codeOf(page)) {
        Matcher drover = DROVER.matcher(code);
        boolean found = false;
        while (drover.find()) {
          found = true;
          String help = helps.getOrDefault(drover.group(1), "");
          if (help.isEmpty() && !drover.group(1).equals("--help")) {
            unknown.add(page + ": drover " + drover.group(1));
          }
          optionsOf(drover.group(2)).stream()
              .filter(option -> !names(help, option))
              .forEach(option -> unknown.add(page + ": drover " + drover.group(1) + " " + option));
        }
        if (!found
            && code.startsWith("--")
            && !names(all, code.split("[ =]")[0])
            && !code.equals(SiteKeys.LAUNCHER_BIND_OPTION.defaultValue())) {
          unknown.add(page + ": " + code);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static boolean names(String help, String option) {
    return Pattern.compile(Pattern.quote(option) + "\\b").matcher(help).find();
  }

  private static List<String> optionsOf(String words) {
    return Arrays.stream(words.split("\\s+"))
        .takeWhile(word -> !word.equals("--"))
        .filter(word -> word.startsWith("--"))
        .map(word -> word.split("=")[0])
        .toList();
  }

  private static String help(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), stream, stream, false, 80);
    new Main(Services.ofThisBuild(console), console).run(arguments);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The commands of its blocks, and its code in running text. */
  private static List<String> codeOf(String page) throws IOException {
    List<String> code = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean inBlock = false;
    for (String line : Files.readAllLines(ROOT.resolve(page))) {
      if (line.startsWith("```")) {
        inBlock = !inBlock;
      } else if (!inBlock) {
        text.append(line).append('\n');
      } else if (line.startsWith("$ ") || line.startsWith("./drover")) {
        code.add(line);
      }
    }
    SPAN.matcher(text).results().forEach(span -> code.add(span.group(1)));
    return code;
  }

  @Test
  void javaOfThePages_compiles_andWholeProgramsRun() throws Exception {
    Path classes = Files.createDirectory(tree.resolve("classes"));
    List<JavaFileObject> sources = new ArrayList<>();
    List<String> programs = new ArrayList<>();
    for (String page : List.of("README.md", "docs/java.md")) {
      for (Block block : blocks(page)) {
        if (block.info().equals("java")) {
          String text = String.join("\n", block.lines());
          Matcher name = Pattern.compile("public class (\\w+)").matcher(text);
          if (name.find()) {
            programs.add(name.group(1));
            sources.add(source(name.group(1), text));
          } else {
            String snippet = "Snippet" + sources.size();
            sources.add(source(snippet, SNIPPET.formatted(snippet, text)));
          }
        }
      }
    }
    assertThat(programs).contains("Squares", "First");
    compile(sources, classes);
    for (String program : programs) {
      Result result =
          run(List.of(java(), "-XX:+UseSerialGC", "-cp", classpath() + ":" + classes, program));
      assertThat(result.exit()).as(program + "\n" + result.output()).isZero();
    }
  }

  private static final String SNIPPET =
      """
      import dev.drover.executor.*;
      import dev.drover.mpi.MpiRequest;
      import dev.drover.protocol.ManagerId;
      import dev.drover.submit.*;
      import dev.drover.task.*;
      import java.time.Duration;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.concurrent.atomic.*;

      class %s {
        static void snippet(HighThroughputExecutor executor) throws Exception {
      %s
        }
      }
      """;

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static void compile(List<JavaFileObject> sources, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter problems = new StringWriter();
    List<String> options =
        List.of("--release", "17", "-proc:none", "-cp", classpath(), "-d", classes.toString());
    boolean compiled = compiler.getTask(problems, null, null, options, null, sources).call();
    assertThat(compiled).as(problems.toString()).isTrue();
  }

  private static List<Block> blocks(String page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Block open = null;
    for (String line : Files.readAllLines(ROOT.resolve(page))) {
      if (line.startsWith("```") && open == null) {
        open = new Block(line.substring(3), new ArrayList<>());
      } else if (line.equals("```")) {
        blocks.add(open);
        open = null;
      } else if (open != null) {
        open.lines().add(line);
      } else if (line.startsWith("    ")) {
        blocks.add(new Block("console", List.of("$ " + line.strip())));
      }
    }
    assertThat(open).as(page + ": a block that does not end").isNull();
    return blocks;
  }

  private Result run(List<String> command) throws Exception {
    Path output = tree.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(tree.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(ended).as(command.stream().collect(joining(" ")) + " ends").isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }
}
