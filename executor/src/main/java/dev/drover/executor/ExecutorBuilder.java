package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.Takeover.LeftBlock;
import dev.drover.journal.Journal;
import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
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

  RetryCost retryCost = failed -> 1;
  Optional<Journal> journal = Optional.empty();
  OutputMode output = OutputMode.PACKED;
  ClassLoader loader = Thread.currentThread().getContextClassLoader();
  Path workingDirectory = Path.of("");
  long lastId;
  List<LeftBlock> left = List.of();
  Optional<BlockErrorHandler> errors = Optional.empty();
  int firstBlock = 1;

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

  Site site() {
    if (site == null) {
      site = new SiteReader(System.getenv()).read(siteName, List.of(), settings);
    }
    return site;
  }

  /**
   * Starts it: sockets, keys, blocks. Returns before a block is up.
   *
   * @throws dev.drover.site.InvalidSiteException telling all that is wrong with the site or the
   *     settings
   * @throws IOException when the run directory, the keys or a port cannot be had
   */
  public HighThroughputExecutor start() throws IOException {
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
