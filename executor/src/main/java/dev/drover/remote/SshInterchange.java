package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.Forward;
import dev.drover.headnode.SshHeadNode;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An interchange on a head node behind SSH: found there by its run directory, or started, with the
 * one jar sent before, once for each content; reached through forwards of its two ports. One thread
 * at a time.
 */
public final class SshInterchange implements RemoteInterchange {
  private static final Logger log = LoggerFactory.getLogger(SshInterchange.class);
  private static final Duration SHORT = Duration.ofSeconds(60);

  /**
   * As long as the blocks of an earlier process may take to be taken over: ten minutes of it where
   * the scheduler has no word of one.
   */
  private static final Duration START = Duration.ofMinutes(14);

  /** A line each. */
  private static final List<String> KEYS =
      List.of("client.secret", "client.public", "interchange.public");

  // How interchange.sh ends.
  private static final int NONE = 3;
  private static final int NO_JAR = 4;
  private static final int NO_JAVA = 5;
  private static final int ELSEWHERE = 7;
  private static final int NO_ROOM = 9;

  private static final Pattern PORT = Pattern.compile("\"port\":([0-9]+)");
  private static final Pattern DATA_PORT = Pattern.compile("\"data_port\":([0-9]+)");

  /** Why an earlier process ended the run, where it said so. */
  private static final Pattern BEFORE =
      Pattern.compile("\"before\":\"([^\"]*)\",\"before_reason\":\"((?:[^\"\\\\]|\\\\.)+)\"");

  private final SshHeadNode node;
  private final Path jar;
  private final Path keys;
  private final RemoteRunPlan plan;
  private final Consumer<String> notes;
  private final PlacesThere places;
  private boolean mayRun;
  private int port;
  private int dataPort;
  private final List<Forward> forwards = new ArrayList<>();

  /**
   * @param node closed with this
   * @param jar that runs there: this program's own
   * @param keys directory of the run here, where the keys that are made there are kept too
   * @param notes told what a user who waits should know, a line each
   */
  public SshInterchange(
      SshHeadNode node, Path jar, Path keys, RemoteRunPlan plan, Consumer<String> notes) {
    this.node = node;
    this.jar = jar;
    this.keys = keys;
    this.plan = plan;
    this.notes = notes;
    this.places = new PlacesThere(node);
  }

  @Override
  public synchronized Addresses connect() throws IOException {
    String run = run();
    CommandResult found = script(SHORT, "look", run);
    mayRun = found.exitCode() != NONE;
    String ready = mayRun ? checked(found, run) : start(run);
    int newPort = number(PORT, ready);
    int newDataPort = number(DATA_PORT, ready);
    if (newPort != port || newDataPort != dataPort || forwards.isEmpty()) {
      fetchKeys(run);
      forwards.forEach(Forward::close);
      forwards.clear();
      forwards.add(node.forward("127.0.0.1", newPort));
      forwards.add(node.forward("127.0.0.1", newDataPort));
      port = newPort;
      dataPort = newDataPort;
    }
    return new Addresses(
        "127.0.0.1:" + forwards.get(0).localPort(), "127.0.0.1:" + forwards.get(1).localPort());
  }

  /**
   * Whether the interchange may live there, as far as the last {@link #connect} knows: then the run
   * can be gone on with, though it could not be connected to.
   */
  public synchronized boolean mayRun() {
    return mayRun;
  }

  /** Where the run is there. */
  private String run() throws IOException {
    return places.of(plan.runs()).resolve(plan.name()).toString();
  }

  private String start(String run) throws IOException {
    String java = java(run);
    node.write(Path.of(run, "site.properties"), plan.site(), FileMode.PRIVATE);
    List<String> words = new ArrayList<>(plan.words());
    if (plan.template().isPresent()) {
      Path there = Path.of(run, "template.sh.ftl");
      node.send(plan.template().get(), there, FileMode.PRIVATE);
      words.addAll(List.of("--set", "template.file=" + there));
    }
    words.addAll(
        plan.worksInRun()
            ? List.of("--set", "worker.working-dir=" + Path.of(run, RemoteRunPlan.WORK))
            : List.of("--directory", places.home().toString()));
    String jarThere =
        places.home()
            + "/.cache/drover/"
            + new FileHashes().of(jar).substring(0, 16)
            + "/drover.jar";
    CommandResult started = start(run, jarThere, java, words);
    if (started.exitCode() == NO_JAR) {
      log.info("sending {} to {}:{}", jar, node.host(), jarThere);
      node.send(jar, Path.of(jarThere), FileMode.PRIVATE);
      started = start(run, jarThere, java, words);
    }
    String ready = checked(started, run);
    Matcher before = BEFORE.matcher(ready);
    if (before.find()) {
      String note =
          "the run on %s was %s before: %s; it goes on"
              .formatted(node.host(), before.group(1), before.group(2).replaceAll("\\\\(.)", "$1"));
      log.info("{}", note);
      notes.accept(note);
    }
    return ready;
  }

  /** The Java that is there, or the one that is sent. Asked before anything is written there. */
  private String java(String run) throws IOException {
    CommandResult found = script(SHORT, "where", run, plan.java());
    return found.exitCode() == NO_JAVA && plan.runtime().isPresent()
        ? new SentRuntime(node, places, plan.runtime().get(), notes).java().toString()
        : checked(found, run).strip();
  }

  private CommandResult start(String run, String jarThere, String java, List<String> words)
      throws IOException {
    List<String> start = new ArrayList<>(List.of("start", run, jarThere, java));
    start.addAll(words);
    mayRun = true; // until the answer says otherwise: it may be lost
    CommandResult started = script(START, start.toArray(String[]::new));
    mayRun = started.succeeded() || started.timedOut();
    return started;
  }

  private String checked(CommandResult result, String run) throws IOException {
    String mend =
        switch (result.exitCode()) {
          case NO_JAVA ->
              """
              set executor.java to a Java of version 17 or newer there;
                       or load one by headnode.init, such as: module load java;
                       or make a runtime here that is sent: drover bundle, and headnode.runtime = its file""";
          case ELSEWHERE ->
              "set headnode.url to that host; if it is gone for good, delete %s/lock"
                  .formatted(run);
          case NO_ROOM ->
              "make room there (df -h %s, and your quota), or set headnode.runs to a directory on another disk"
                  .formatted(run);
          default -> "look at interchange.err and drover.log in " + run + " there";
        };
    if (!result.succeeded()) {
      throw new IOException(
          "no interchange on %s: %s%n  fix:     %s".formatted(node.host(), words(result), mend));
    }
    return result.stdout();
  }

  private static String words(CommandResult result) {
    return result.stderr().isBlank() ? result.toString() : result.stderr().strip();
  }

  private CommandResult script(Duration timeout, String... words) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of("sh", "-c", RemoteRunFiles.script("began.sh", "interchange.sh"), "sh"));
    argv.addAll(List.of(words));
    return node.run(Command.of(timeout, argv));
  }

  private int number(Pattern pattern, String line) throws IOException {
    Matcher matcher = pattern.matcher(line);
    if (!matcher.find()) {
      throw new IOException("the interchange on " + node.host() + " said no port: " + line);
    }
    return Integer.parseInt(matcher.group(1));
  }

  private void fetchKeys(String run) throws IOException {
    Files.createDirectories(
        keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // In one command: a file alone takes four round trips.
    String all = "cd \"$1\" && cat " + String.join(" ", KEYS);
    CommandResult found =
        node.run(
            Command.of(SHORT, List.of("sh", "-c", all, "sh", Path.of(run, "keys").toString())));
    List<String> lines = found.stdout().lines().toList();
    if (!found.succeeded() || lines.size() != KEYS.size()) {
      throw new IOException( // what was printed may be a secret
          "no keys of " + run + " on " + node.host() + ": " + found.stderr().strip());
    }
    for (int i = 0; i < KEYS.size(); i++) {
      Path here = keys.resolve(KEYS.get(i));
      Files.deleteIfExists(here);
      Files.createFile(
          here, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(here, lines.get(i) + "\n", StandardOpenOption.WRITE);
    }
  }

  @Override
  public Path keys() {
    return keys;
  }

  @Override
  public void close() {
    node.close();
  }
}
