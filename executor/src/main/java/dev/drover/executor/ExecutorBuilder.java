package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.Takeover.LeftBlock;
import dev.drover.journal.Journal;
import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
import dev.drover.remote.LinkSettings;
import dev.drover.remote.RemoteInterchange;
import dev.drover.site.Key;
import dev.drover.site.Site;
import dev.drover.site.SiteReader;
import dev.drover.submit.RetryCost;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes a {@link HighThroughputExecutor}. Every option of the executor, its blocks and its workers
 * is a key of the site ({@link dev.drover.site.SiteKeys}); {@link #set} changes one for this
 * executor. Used by one thread.
 */
public final class ExecutorBuilder {
  private final String siteName;
  private final List<String> settings = new ArrayList<>();
  private Site site;
  private Optional<RunDirectory> run = Optional.empty();
  private Path parent = Path.of("drover-runs");
  private String name = "executor";

  private static final RetryCost ONE = failed -> 1;

  private RetryCost retryCost = ONE;
  private Optional<Journal> journal = Optional.empty();
  private OutputMode output = OutputMode.PACKED;
  private ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private Path workingDirectory = Path.of("");
  private long lastId;
  private List<LeftBlock> left = List.of();
  private Optional<BlockErrorHandler> errors = Optional.empty();
  private Optional<RemoteInterchange> remote = Optional.empty();
  private LinkSettings link = LinkSettings.DEFAULT;
  private int firstBlock = 1;

  ExecutorBuilder(String siteName) {
    this.siteName = Objects.requireNonNull(siteName);
  }

  /** Begins with a site that was read already. */
  public static ExecutorBuilder on(Site site) {
    ExecutorBuilder builder = new ExecutorBuilder(site.name());
    builder.site = site;
    return builder;
  }

  /**
   * Sets a key, in the words of a site file; wrong ones are told by {@link #start}, all at once.
   */
  public ExecutorBuilder set(String key, String value) {
    if (site != null) {
      throw new IllegalStateException("the site was given as it is; set the key when it is read");
    }
    settings.add(key + "=" + value);
    return this;
  }

  /** Sets a key. */
  public <T> ExecutorBuilder set(Key<T> key, T value) {
    return set(key.name(), key.type().print(value));
  }

  /** What a failed attempt costs of a task's retries; 1 by default. */
  public ExecutorBuilder retryCost(RetryCost cost) {
    retryCost = cost;
    return this;
  }

  /** Decides when failed blocks end the run; {@code provider.error-handler} by default. */
  public ExecutorBuilder blockErrorHandler(BlockErrorHandler handler) {
    errors = Optional.of(handler);
    return this;
  }

  /** Where run directories are made; {@code drover-runs} in the current directory by default. */
  public ExecutorBuilder runsIn(Path directory) {
    parent = directory;
    return this;
  }

  /** Part of the run directory's name. */
  public ExecutorBuilder name(String text) {
    name = text;
    return this;
  }

  /** A run directory that the caller has opened and will close. */
  public ExecutorBuilder runDirectory(RunDirectory directory) {
    run = Optional.of(directory);
    return this;
  }

  /** Keeps outcomes in this journal before they are told; the executor closes it. */
  public ExecutorBuilder journal(Journal writer) {
    journal = Optional.of(writer);
    return this;
  }

  /** How captured output of commands is kept; two files a worker by default. */
  public ExecutorBuilder output(OutputMode mode) {
    output = mode;
    return this;
  }

  /** Where the classes of functions are loaded from; the thread's context loader by default. */
  public ExecutorBuilder classLoader(ClassLoader classLoader) {
    loader = classLoader;
    return this;
  }

  /** Where tasks start that name no directory; the current one by default. */
  public ExecutorBuilder workingDirectory(Path directory) {
    workingDirectory = directory;
    return this;
  }

  /**
   * Goes on with a run.
   *
   * @param highestTaskId that it gave
   * @param blocks that it had so far
   * @param leftBlocks those whose jobs may still be there: they are taken over, or ended before a
   *     new block is asked for
   */
  public ExecutorBuilder continuing(long highestTaskId, int blocks, List<LeftBlock> leftBlocks) {
    lastId = highestTaskId;
    firstBlock = blocks + 1;
    left = List.copyOf(leftBlocks);
    return this;
  }

  /**
   * Submits to an interchange on a head node, which has the blocks, instead of making one; the
   * executor closes the way to it. A retry cost or a block error handler of one's own is not to be
   * had there.
   */
  public ExecutorBuilder interchange(RemoteInterchange interchange) {
    remote = Optional.of(interchange);
    return this;
  }

  /** How the connection to an interchange on a head node is watched. */
  public ExecutorBuilder link(LinkSettings settings) {
    link = settings;
    return this;
  }

  private void checkRemote() {
    List<String> problems = new ArrayList<>();
    if (retryCost != ONE) {
      problems.add("retryCost: it is asked on the head node, where your function is not");
    }
    if (errors.isPresent()) {
      problems.add("blockErrorHandler: set provider.error-handler of the site instead");
    }
    if (remote.isPresent() && !problems.isEmpty()) {
      throw new IllegalArgumentException(
          "not with an interchange on a head node: " + String.join("; ", problems));
    }
  }

  Site site() {
    if (site == null) {
      site = SiteReader.ofThisProcess().readForRun(siteName, settings);
    }
    return site;
  }

  /** What the site says of the executor that is being started. */
  SiteSettings siteSettings() throws IOException {
    return remote.isPresent()
        ? SiteSettings.ofSubmitter(site(), workingDirectory)
        : new SiteSettings(site(), workingDirectory);
  }

  JavaTasks javaTasks(SiteSettings settings, RunDirectory directory) {
    return new JavaTasks(
        loader,
        directory.path().resolve("classes"),
        settings.isolation(),
        (int) Math.min(settings.maxPayload(), Integer.MAX_VALUE - 64));
  }

  /** An engine here, or the line to the one on a head node; to be started. */
  Engine engine(SiteSettings settings, RunDirectory directory, JavaTasks tasks, Engine.User user)
      throws IOException, ScriptRenderException {
    return remote.isPresent()
        ? new RemoteEngine(remote.get(), link, journal, tasks, lastId, user)
        : new LocalEngine(
            settings, directory, journal, output, retryCost, tasks, firstBlock, errors, user);
  }

  /** Highest task id that the run has given. */
  long lastId() {
    return lastId;
  }

  /** Blocks of the run's earlier process. */
  List<LeftBlock> left() {
    return left;
  }

  /**
   * Starts it: sockets, keys, blocks. Returns before a block is up.
   *
   * @throws dev.drover.site.InvalidSiteException telling all that is wrong with the site or the
   *     settings
   * @throws IOException when the run directory, the keys or a port cannot be had
   * @throws IllegalArgumentException for what an interchange on a head node cannot do
   */
  public HighThroughputExecutor start() throws IOException {
    checkRemote();
    site();
    RunDirectory directory = run.isPresent() ? run.get() : RunDirectory.create(parent, name);
    boolean started = false;
    try {
      HighThroughputExecutor executor = new HighThroughputExecutor(this, directory, run.isEmpty());
      started = true;
      return executor;
    } catch (ScriptRenderException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!started && run.isEmpty()) {
        directory.close();
      }
    }
  }
}
