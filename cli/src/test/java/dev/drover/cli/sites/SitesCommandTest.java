package dev.drover.cli.sites;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.site.ShippedSites;
import dev.drover.site.SiteFolders;
import dev.drover.site.SiteKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code drover sites}: its texts and exit codes. */
class SitesCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();

  @TempDir Path directory;

  @BeforeEach
  void writeSites() throws IOException {
    Path sites = Files.createDirectories(directory.resolve("user/sites"));
    Files.writeString(
        sites.resolve("redwood.properties"),
        """
        site.name = redwood
        site.description = Redwood: 120 nodes
        site.contact = help@cluster.example
        site.source = our own pages
        site.verified = 2026-11-21
        site.status = active
        site.hosts = redwood-login*
        site.required = provider.account
        provider.type = slurm
        provider.queue = auto
        provider.walltime = 2h
        provider.worker-init = module load java\\ncd /scratch
        launcher.type = srun
        queue.debug.max-walltime = 1h
        queue.standard.max-nodes = 64
        """);
    Files.writeString(
        sites.resolve("cedar.properties"),
        "site.extends = redwood\nsite.verified = 2025-01-01\nprovider.walltime = 30m\n");
    Files.writeString(directory.resolve("user/redwood.properties"), "provider.account = p-1\n");
  }

  @Test
  void list_tellsStatusAndAgeOfEachSite() throws IOException {
    Files.writeString(directory.resolve("user/sites/broken.properties"), "nonsense = 1\n");
    assertThat(sites("list")).isZero();
    assertThat(text(out))
        .containsPattern("^SITE +STATUS +AS OF +DESCRIPTION\n")
        .containsPattern("(?m)^redwood +active +4 days ago +Redwood: 120 nodes$")
        .containsPattern("(?m)^cedar +unverified +23 months ago\\s*$")
        .containsPattern("(?m)^broken +faulty +- +-$")
        .containsPattern("(?m)^local +active +\\S+");
    assertThat(sites("list", "--json")).isZero();
    JsonNode redwood = named(JSON.readTree(text(out)).get("sites"), "redwood");
    assertThat(redwood.get("age_days").asInt()).isEqualTo(4);
    assertThat(redwood.get("status").asText()).isEqualTo("active");
    assertThat(redwood.get("place").asText()).endsWith("user/sites/redwood.properties");
  }

  private static JsonNode named(JsonNode sites, String name) {
    for (JsonNode site : sites) {
      if (site.get("name").asText().equals(name)) {
        return site;
      }
    }
    throw new AssertionError(name + " is not in " + sites);
  }

  @Test
  void show_isASiteFileOfWhatDiffersFromTheDefaults() {
    assertThat(sites("show", "redwood", "--set", "worker.debug=true")).isZero();
    assertThat(text(out))
        .isEqualTo(
            """
            # active, as of 4 days ago
            site.name = redwood
            site.description = Redwood: 120 nodes
            site.contact = help@cluster.example
            site.source = our own pages
            site.verified = 2026-11-21
            site.status = active
            site.hosts = redwood-login*
            site.required = provider.account
            mpi.launcher = srun
            worker.debug = true
            provider.type = slurm
            provider.walltime = 2h
            provider.worker-init = module load java\\ncd /scratch
            provider.account = p-1
            # auto: the first that takes 1 node for 2h
            provider.queue = standard
            launcher.type = srun
            queue.debug.max-walltime = 1h
            queue.standard.max-nodes = 64
            """);
    assertThat(sites("show", "cedar")).isZero();
    assertThat(text(out))
        .startsWith(
            "# unverified, as of 23 months ago\n# provider.account: to be set before a run\n")
        .contains("\nprovider.queue = debug\n");
    assertThat(sites("show", "cedar", "--all")).isZero();
    assertThat(text(out)).contains("\nexecutor.label = htex\n");
  }

  @Test
  void show_withoutAName_isOfTheSiteThatThisMachineIs() {
    assertThat(sites("show")).isZero();
    assertThat(text(out)).contains("site.name = redwood");
    assertThat(notes)
        .containsExactly(
            "site redwood (host redwood-login3 is redwood-login*); --site names another");
    notes.clear();
    environment.put("DROVER_SITE", "cedar");
    assertThat(sites("show")).isZero();
    assertThat(text(out)).contains("site.name = cedar");
    assertThat(notes).isEmpty();
  }

  @Test
  void check_findsFilesSound_orTellsAllThatIsWrong() throws IOException {
    assertThat(sites("check", "redwood", "local")).isZero();
    assertThat(text(out)).isEqualTo("redwood: sound\nlocal: sound\n");
    Path faulty =
        Files.writeString(
            directory.resolve("x.properties"), "worker.debgu = true\nexecutor.retries = many\n");
    Path bare = Files.writeString(directory.resolve("y.properties"), "site.name = y\n");
    assertThat(sites("check", faulty.toString(), bare.toString())).isEqualTo(2);
    assertThat(text(out).replace(directory + "/", ""))
        .isEqualTo(
            """
            x.properties:1: worker.debgu: unknown key; did you mean 'worker.debug'?
            x.properties:2: executor.retries: 'many' is not a whole number, 0 or more
            x.properties: 2 problems
            y.properties: site.description: is not there: it says in one line what the machine is (advice)
            y.properties: site.url: is not there: it, or site.contact, says whom to ask (advice)
            y.properties: site.source: is not there: it says where the facts come from (advice)
            y.properties: site.verified: is not there: it says when they were last checked (advice)
            y.properties: site.status: is not there: it says whether the file can be relied on (advice)
            y.properties: sound
            """);
    assertThat(sites("check", "--json", faulty.toString())).isEqualTo(2);
    JsonNode problem = JSON.readTree(text(out)).at("/sites/0/problems/0");
    assertThat(problem.get("line").asInt()).isEqualTo(1);
    assertThat(problem.get("suggestion").asText()).isEqualTo("worker.debug");
    assertThat(sites("check", "redwod")).isEqualTo(2);
    assertThat(text(out)).contains("did you mean 'redwood'?", "redwod: 1 problem");
  }

  @Test
  void check_leavesAsideWhatUsersLayOverASite() throws IOException {
    Files.writeString(directory.resolve("user/redwood.properties"), "nonsense = 1\n");
    assertThat(sites("check", "redwood")).isZero();
    assertThat(sites("show", "redwood")).isEqualTo(2);
  }

  @Test
  void check_withoutNames_isOfAllSites_andTheShippedOnesAreSound() {
    assertThat(sites("check")).isZero();
    for (String shipped : ShippedSites.names()) {
      assertThat(text(out)).contains(shipped + ": sound\n");
    }
  }

  @Test
  void blame_tellsWhereEachValueWasSet_andWhatItOverrides() {
    environment.put("DROVER_PROVIDER_WALLTIME", "20m");
    assertThat(sites("blame", "cedar", "--set", "provider.walltime=10m")).isZero();
    assertThat(text(out).replace(directory + "/", ""))
        .contains(
            """
            provider.walltime = 10m
              from --set
              over 20m from DROVER_PROVIDER_WALLTIME
              over 30m from user/sites/cedar.properties:3
              over 2h from user/sites/redwood.properties:11
            """,
            """
            provider.queue = debug
              from user/sites/redwood.properties:10 (auto: the first that takes 1 node for 10m)
            """);
  }

  @Test
  void diff_namesWhatDiffers() {
    assertThat(sites("diff", "redwood", "cedar")).isEqualTo(1);
    assertThat(text(out))
        .isEqualTo(
            """
            - provider.walltime = 2h
            + provider.walltime = 30m
            - provider.account = p-1
            + provider.account =
            - provider.queue = standard
            + provider.queue = debug
            """);
    assertThat(sites("diff", "redwood", "redwood")).isZero();
    assertThat(text(out)).isEmpty();
    assertThat(sites("diff", "redwood", "nowhere")).isEqualTo(2);
  }

  @Test
  void keys_areAllThatTheRegistryHas_andCanBeSelected() throws IOException {
    assertThat(sites("keys", "provider.walltime")).isZero();
    assertThat(text(out))
        .isEqualTo(
            """
            provider.walltime = 0s
                how long a block may run; 0 = none is asked for: the scheduler's own holds, unknown here
                takes a duration such as 500ms, 90s, 30m, 1h30m, 2d, HH:MM:SS or D-HH:MM:SS
                DROVER_PROVIDER_WALLTIME
            """);
    assertThat(sites("keys", "--json")).isZero();
    assertThat(JSON.readTree(text(out)).get("keys")).hasSize(SiteKeys.listed().size());
    assertThat(sites("keys", "provider.waltime")).isEqualTo(2);
    assertThat(text(err)).contains("did you mean 'provider.walltime'?");
    assertThat(sites("keys", "--json", "--schema")).isEqualTo(2);
  }

  @Test
  void page_ofKeys_isTheOneInTheDocs() throws IOException {
    assertThat(sites("keys", "--markdown")).isZero();
    assertThat(Files.readString(Path.of("../docs/site-keys.md")))
        .as("docs/site-keys.md; write it anew by drover sites keys --markdown")
        .isEqualTo(text(out));
  }

  @Test
  void schema_acceptsEverySite_andRefusesWhatTheRegistryRefuses() throws IOException {
    assertThat(sites("keys", "--schema")).isZero();
    JsonNode text = JSON.readTree(text(out));
    JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    assertThat(
            factory
                .getSchema(
                    com.networknt.schema.SchemaLocation.of(
                        "https://json-schema.org/draft/2020-12/schema"))
                .validate(text))
        .as("it is a schema")
        .isEmpty();
    JsonSchema schema = factory.getSchema(text);
    List<String> names = new ArrayList<>(ShippedSites.names());
    names.add("redwood");
    for (String name : names) {
      assertThat(sites("show", name, "--all", "--json")).isZero();
      assertThat(schema.validate(JSON.readTree(text(out)).get("values"))).as(name).isEmpty();
    }
    for (String wrong :
        List.of(
            "{\"provider.walltime\": \"90\"}",
            "{\"provider.walltime\": 90}",
            "{\"executor.port\": 70000}",
            "{\"executor.port\": \"5000\"}",
            "{\"worker.debug\": \"yes\"}",
            "{\"worker.isolation\": \"proces\"}",
            "{\"worker.memory-per-worker\": \"4g\"}",
            "{\"worker.debgu\": true}",
            "{\"executor.launch-command\": \"docker\"}",
            "{\"queue.debug.max-node\": 1}",
            "{\"queue.debug.max-nodes\": -1}",
            "{\"site.verified\": \"yesterday\"}",
            "{\"worker.working-dir\": \"relative\"}")) {
      assertThat(schema.validate(JSON.readTree(wrong))).as(wrong).isNotEmpty();
    }
  }

  private int sites(String... words) {
    out.reset();
    err.reset();
    PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            stderr,
            false,
            80);
    SiteChoice choice =
        new SiteChoice(
            new SiteFolders(
                Optional.empty(), Optional.of(directory.resolve("user")), Optional.empty()),
            environment,
            () -> List.of("redwood-login3"),
            notes::add);
    CommandLine line =
        new CommandLine(
            SitesCommand.spec(console, choice, LocalDate.parse("2026-11-25"), Surveys.REAL));
    line.setErr(new java.io.PrintWriter(stderr, true));
    line.setExecutionExceptionHandler(
        (problem, failed, result) -> {
          if (problem instanceof StopException stop) {
            stderr.println("drover: " + stop.getMessage());
            return stop.exitCode().status();
          }
          throw problem;
        });
    return line.execute(words);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
