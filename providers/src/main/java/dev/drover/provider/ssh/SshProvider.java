package dev.drover.provider.ssh;

import dev.drover.headnode.HeadNode;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import dev.drover.template.ScriptRenderException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider of hosts without a scheduler. A block is a set of hosts that no other block of this
 * run has, and on each of them a local job, which starts a manager. One that ends leaves the others
 * at work, as under {@code srun --kill-on-bad-exit=0}: the executor sees which manager is gone. The
 * hosts see the block's directory under the same path. Calls are made one at a time.
 */
public final class SshProvider implements Provider {
  private static final Logger LOG = LoggerFactory.getLogger(SshProvider.class);

  /** Of the environment: the most workers that a manager may have, beside its options. */
  public static final String SLOTS_VARIABLE = "DROVER_MAX_WORKERS";

  /** What a helper needs after the grace to kill a session, and more. */
  private static final Duration KILL_TIME = Duration.ofSeconds(5);

  private final Map<String, HostDesk> desks = new LinkedHashMap<>();
  private final Duration patience;
  private final Clock clock;
  private final Map<JobId, SshBlock> blocks = new LinkedHashMap<>();

  /** Submissions of which one host gave no answer, by the job's name. */
  private final Map<String, Unanswered> unanswered = new HashMap<>();

  /** Names of the jobs that this process submitted: of these it knows all that there is. */
  private final Set<String> own = new HashSet<>();

  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "provider-ssh");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A block that may or may not have one more part.
   *
   * @param started its other parts
   * @param desk that gave no answer
   * @param part what it was asked for
   */
  private record Unanswered(List<BlockPart> started, HostDesk desk, JobSpec part) {}

  /**
   * Hosts, in the order in which they are chosen; nothing is connected before it is used.
   *
   * @param hosts at least one, each once
   * @param headNodes makes each of them reachable; closed with this provider
   * @throws ScriptRenderException if the template cannot be read
   */
  public SshProvider(
      ProviderSettings settings, List<SshHost> hosts, Function<SshHost, HeadNode> headNodes)
      throws ScriptRenderException {
    this(settings, hosts, headNodes, Clock.systemUTC());
  }

  SshProvider(
      ProviderSettings settings,
      List<SshHost> hosts,
      Function<SshHost, HeadNode> headNodes,
      Clock clock)
      throws ScriptRenderException {
    if (hosts.isEmpty() || !SshHost.twice(hosts).isEmpty()) {
      throw new IllegalArgumentException(
          hosts.isEmpty() ? "no hosts; name one or more" : SshHost.twice(hosts).toString());
    }
    for (SshHost host : hosts) {
      HeadNode headNode = headNodes.apply(host);
      desks.put(host.name(), new HostDesk(host, headNode, Providers.of(settings, headNode)));
    }
    this.patience = settings.cancelGrace().plus(KILL_TIME);
    this.clock = clock;
  }

  @Override
  public synchronized JobId submit(JobSpec spec) throws InvalidJobException, SubmitException {
    int nodes = spec.resources().nodes();
    own.add(spec.name());
    if (nodes > desks.size()) {
      throw new InvalidJobException(
          "block %s is of %d hosts, and %d are named (provider.hosts)%n  fix:     set nodes to %d or fewer (provider.nodes-per-block), or name more hosts"
              .formatted(spec.name(), nodes, desks.size(), desks.size()),
          null);
    }
    if (free().size() < nodes) {
      look(List.copyOf(blocks.values())); // one that could not be had whole may have ended since
    }
    List<BlockPart> started = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (HostDesk desk : free()) {
      if (started.size() == nodes) {
        break;
      }
      if (desk.rests(clock.instant())) {
        problems.add(desk.name() + " did not answer lately: " + desk.problem());
        continue;
      }
      JobSpec part = desk.part(spec, started.size());
      try {
        JobId job = desk.provider().submit(part);
        desk.answered();
        started.add(new BlockPart(desk.name(), job, Optional.of(part.directory())));
      } catch (InvalidJobException e) {
        abandon(started, spec);
        throw e;
      } catch (SubmitException e) {
        desk.failed(e.getMessage(), clock.instant());
        problems.add(desk.name() + ": " + e.getMessage());
        if (e.isUnanswered()) {
          unanswered.put(spec.name(), new Unanswered(List.copyOf(started), desk, part));
          throw e;
        }
      }
    }
    if (started.size() < nodes) {
      abandon(started, spec);
      throw SubmitException.refused(tooFew(spec, started.size(), problems), null);
    }
    problems.forEach(problem -> LOG.warn("block {} goes to other hosts: {}", spec.name(), problem));
    return add(started, spec).id();
  }

  private String tooFew(JobSpec spec, int had, List<String> problems) {
    return "block %s is of %d hosts, and %d can be had now; %d of %d are other blocks'%s%n  fix:     %s"
        .formatted(
            spec.name(),
            spec.resources().nodes(),
            had,
            desks.size() - free().size(),
            desks.size(),
            problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining()),
            problems.isEmpty()
                ? "wait for a block to end, or name more hosts (provider.hosts)"
                : "mend what is said of the hosts, or take them out of provider.hosts");
  }

  private SshBlock add(List<BlockPart> parts, JobSpec spec) {
    SshBlock block = new SshBlock(parts, clock.instant(), spec.resources().walltime());
    blocks.put(block.id(), block);
    return block;
  }

  /** Parts of a block that is not to be have their hosts until their ends were seen. */
  private void abandon(List<BlockPart> started, JobSpec spec) {
    if (!started.isEmpty()) {
      SshBlock block = add(started, spec);
      block.stop("the block could not be had whole");
      tell(List.of(block));
    }
  }

  /** Those that no block has, in their order. */
  private List<HostDesk> free() {
    Set<String> taken = new HashSet<>();
    blocks.values().forEach(block -> taken.addAll(block.hosts()));
    for (Unanswered one : unanswered.values()) {
      taken.add(one.desk().name());
      one.started().forEach(part -> taken.add(part.host()));
    }
    return desks.values().stream().filter(desk -> !taken.contains(desk.name())).toList();
  }

  /**
   * A block that lacks more hosts than the one that gave no answer is ended, and not found. One
   * that an earlier process submitted is looked for on all hosts.
   */
  @Override
  public synchronized Optional<JobId> find(JobSpec spec) throws StatusUnavailableException {
    Unanswered asked = unanswered.get(spec.name());
    if (asked == null) {
      return own.contains(spec.name()) ? Optional.empty() : findOrphan(spec);
    }
    List<BlockPart> parts = new ArrayList<>(asked.started());
    asked
        .desk()
        .provider()
        .find(asked.part())
        .ifPresent(
            job ->
                parts.add(
                    new BlockPart(
                        asked.desk().name(), job, Optional.of(asked.part().directory()))));
    asked.desk().answered();
    unanswered.remove(spec.name());
    if (parts.size() == spec.resources().nodes()) {
      return Optional.of(add(parts, spec).id());
    }
    abandon(parts, spec);
    return Optional.empty();
  }

  private Optional<JobId> findOrphan(JobSpec spec) throws StatusUnavailableException {
    OrphanSearch search = new OrphanSearch(spec, desks.values(), clock.instant(), executor);
    if (search.isWhole()) {
      JobId id = BlockPart.blockId(search.parts());
      return Optional.of(blocks.containsKey(id) ? id : add(search.parts(), spec).id());
    }
    search.failWhereAHostGaveNoAnswer();
    Set<BlockPart> known = new HashSet<>();
    blocks.values().forEach(block -> known.addAll(block.open()));
    abandon(search.parts().stream().filter(part -> !known.contains(part)).toList(), spec);
    return Optional.empty();
  }

  @Override
  public synchronized void adopt(Map<JobId, Path> jobs) {
    jobs.forEach(
        (id, directory) -> {
          List<BlockPart> parts = BlockPart.of(id, Optional.of(directory));
          if (!parts.isEmpty()) {
            blocks.putIfAbsent(id, new SshBlock(parts, clock.instant(), Optional.empty()));
            for (BlockPart part : parts) {
              Optional.ofNullable(desks.get(part.host()))
                  .ifPresent(
                      desk ->
                          desk.provider()
                              .adopt(Map.of(part.job(), part.directory().orElseThrow())));
            }
          }
        });
  }

  /** One query for each host that has a part of them, or of a block that could not be had whole. */
  @Override
  public synchronized Map<JobId, JobStatus> status(Set<JobId> jobs)
      throws StatusUnavailableException {
    Map<JobId, SshBlock> asked = new HashMap<>();
    Map<JobId, SshBlock> strangers = new HashMap<>();
    for (JobId id : jobs) {
      if (blocks.containsKey(id)) {
        asked.put(id, blocks.get(id));
      } else {
        stranger(id).ifPresent(block -> strangers.put(id, block));
      }
    }
    List<SshBlock> open = new ArrayList<>(strangers.values());
    if (!asked.isEmpty()) {
      open.addAll(blocks.values());
    }
    Set<SshBlock> unseen = look(open);
    boolean none = asked.values().stream().allMatch(block -> unseen.contains(block));
    if (none && !(asked.isEmpty() && strangers.isEmpty())) {
      failWhereNobodyAnswers(open);
    }
    Map<JobId, JobStatus> status = new HashMap<>();
    asked.forEach((id, block) -> status.put(id, block.status()));
    strangers.forEach(
        (id, block) -> {
          if (!unseen.contains(block)) {
            status.put(id, block.status());
          }
        });
    return Map.copyOf(status);
  }

  /** Asks about all that are not over, and draws the conclusions; those of which nobody spoke. */
  private Set<SshBlock> look(List<SshBlock> all) {
    List<SshBlock> open = all.stream().filter(block -> !block.isOver()).toList();
    Map<String, Map<JobId, JobStatus>> answers = ask(open);
    Set<SshBlock> unseen = new HashSet<>(open);
    for (SshBlock block : open) {
      for (BlockPart part : block.open()) {
        JobStatus status = answers.getOrDefault(part.host(), Map.of()).get(part.job());
        if (status != null) {
          block.seen(part, status);
          unseen.remove(block);
        }
      }
      block.judge(clock.instant());
    }
    tell(open);
    return unseen;
  }

  /** A block that another process submitted. */
  private Optional<SshBlock> stranger(JobId id) {
    List<BlockPart> parts = BlockPart.of(id, Optional.empty());
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(new SshBlock(parts, clock.instant(), Optional.empty()));
  }

  /** All hosts at once, one query each; no entry for one that gives no answer. */
  private Map<String, Map<JobId, JobStatus>> ask(List<SshBlock> open) {
    Map<String, Set<JobId>> jobs = new LinkedHashMap<>();
    for (SshBlock block : open) {
      for (BlockPart part : block.open()) {
        if (desks.containsKey(part.host())) {
          jobs.computeIfAbsent(part.host(), host -> new HashSet<>()).add(part.job());
        }
      }
    }
    Instant now = clock.instant();
    Map<String, CompletableFuture<Optional<Map<JobId, JobStatus>>>> asked = new LinkedHashMap<>();
    jobs.forEach(
        (host, ids) ->
            asked.put(
                host,
                CompletableFuture.supplyAsync(() -> desks.get(host).status(ids, now), executor)));
    Map<String, Map<JobId, JobStatus>> answers = new LinkedHashMap<>();
    asked.forEach((host, told) -> told.join().ifPresent(seen -> answers.put(host, seen)));
    return answers;
  }

  private void failWhereNobodyAnswers(List<SshBlock> open) throws StatusUnavailableException {
    Set<String> hosts = new TreeSet<>();
    open.stream().flatMap(block -> block.open().stream()).forEach(part -> hosts.add(part.host()));
    if (hosts.isEmpty() || hosts.stream().anyMatch(host -> problem(host).isEmpty())) {
      return;
    }
    throw new StatusUnavailableException(
        "none of %d hosts told how its jobs stand%s%n  fix:     nothing is lost: the last status holds, and they are asked again; mend what is said of them"
            .formatted(
                hosts.size(),
                hosts.stream()
                    .map(host -> "\n  " + host + ": " + problem(host))
                    .collect(Collectors.joining())),
        null);
  }

  private String problem(String host) {
    return desks.containsKey(host)
        ? desks.get(host).problem()
        : "provider.hosts names it no more; name it until its blocks have ended";
  }

  @Override
  public synchronized void cancel(Set<JobId> jobs) {
    List<SshBlock> told = new ArrayList<>();
    for (JobId id : jobs) {
      Optional.ofNullable(blocks.get(id))
          .or(() -> stranger(id))
          .ifPresent(
              block -> {
                block.stop("cancelled");
                told.add(block);
              });
    }
    tell(told);
  }

  /** Asks the parts of blocks that are to end; a host that rests is told when it is asked again. */
  private void tell(List<SshBlock> stopped) {
    Instant now = clock.instant();
    Map<HostDesk, Set<JobId>> parts = new LinkedHashMap<>();
    for (SshBlock block : stopped) {
      for (BlockPart part : block.toBeTold(now, patience)) {
        HostDesk desk = desks.get(part.host());
        if (desk != null && !desk.rests(now)) {
          parts.computeIfAbsent(desk, same -> new HashSet<>()).add(part.job());
          block.told(part, now);
        }
      }
    }
    List<CompletableFuture<Void>> all =
        parts.entrySet().stream()
            .map(
                entry ->
                    CompletableFuture.runAsync(
                        () -> entry.getKey().provider().cancel(entry.getValue()), executor))
            .toList();
    all.forEach(CompletableFuture::join);
  }

  /** Hosts cannot be asked whether they would take a job. */
  @Override
  public Optional<String> test(JobSpec spec) {
    return Optional.empty();
  }

  /** Ends the connections; says which blocks were not seen to end. */
  @Override
  public void close() {
    List<JobId> left;
    synchronized (this) {
      left = blocks.values().stream().filter(block -> !block.isOver()).map(SshBlock::id).toList();
    }
    if (!left.isEmpty()) {
      LOG.warn(
          "not seen to have ended: {}; their managers leave once they hear nothing of the run. On"
              + " each host, the number before the - is the session: pkill -s NUMBER ends it",
          left);
    }
    desks.values().forEach(HostDesk::close);
    executor.shutdown();
  }
}
