package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.mpi.PackerStory.BlockPlan;
import dev.drover.mpi.PackerStory.Fault;
import dev.drover.mpi.PackerStory.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * Thousands of random mixes, arrivals and failures. What {@link PackerWorld} checks holds for all.
 */
class NodePackerPropertyTest {
  private static final int MOST_NODES = 8;
  private static final int MOST_SLOTS = 6;

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void everyTaskEnds_noSlotIsUsedTwice_noneLeaks_whateverFails(
      @ForAll("stories") PackerStory story) {
    new PackerWorld(story, true).run();
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void whereNodesFollowOneAnother_thoseOfEachTaskDo_andAllTasksEnd(
      @ForAll("storiesInRows") PackerStory story) {
    new PackerWorld(story, true).run();
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void aStartThatWasForeseen_neverMovesBack(@ForAll("quietStories") PackerStory story) {
    new PackerWorld(story, true).run();
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void noDeviceIsOvercommitted_whatPartsAreAskedFor_andAllTasksEnd(
      @ForAll("storiesOfDevices") PackerStory story) {
    new PackerWorld(story, true).run();
  }

  /** What is asserted of its makespan is measured and no theorem: each build has the same mixes. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE, seed = "2026")
  void aMix_takesAtMostATenthLongerThanTheBound(@ForAll("mixes") PackerStory mix) {
    PackerWorld world = new PackerWorld(mix, false);
    world.run();
    assertThat(world.makespan()).isLessThanOrEqualTo(1.1 * MakespanBound.of(mix));
  }

  /**
   * While work comes faster than it can be done, nodes that are kept for a large task that came
   * late are lent to tasks whose limits end them in time. Without limits nobody knows what ends in
   * time: then such nodes stand idle, and no theory says for how long. What was measured is 1.15.
   * Each build has the same mixes.
   */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE, seed = "2026")
  void aMixThatComesOverTime_takesAtMostATenthLongerThanTheBound_whereLimitsAreKnown(
      @ForAll("mixesOverTime") PackerStory mix) {
    PackerWorld world = new PackerWorld(mix, false);
    world.run();
    boolean limited = mix.jobs().stream().allMatch(job -> job.limit() > 0);
    assertThat(world.makespan()).isLessThanOrEqualTo((limited ? 1.1 : 1.2) * MakespanBound.of(mix));
  }

  /** A stream of small tasks that alone would keep all nodes busy for ever. */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void aLargeTask_startsInTime_inAStreamOfSmallOnes(
      @ForAll @IntRange(min = 2, max = 16) int nodes,
      @ForAll @IntRange(min = 1, max = 60) int longest,
      @ForAll @IntRange(max = 100) int patience,
      @ForAll boolean limited,
      @ForAll long seed) {
    List<Job> jobs = new ArrayList<>();
    jobs.add(new Job(50, NodeRequest.wholeNodes(nodes), 0, 10));
    addStream(jobs, NodeRequest.wholeNodes(1), nodes * 4, longest, limited, seed);
    PackerWorld world = new PackerWorld(oneBlock(nodes, Duration.ZERO, patience, jobs), false);
    world.run();
    // First in, first out: those before it start, then its patience, then those end that run.
    double ahead = workUntil(50, jobs) / (double) nodes + longest;
    assertThat(world.waited(1)).isLessThanOrEqualTo(ahead + (limited ? 0 : patience) + longest);
  }

  /** A stream of tasks of all nodes, each of which goes before a smaller one of its own age. */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void aSmallTask_startsInTime_inAStreamOfLargeOnes(
      @ForAll @IntRange(min = 2, max = 16) int nodes,
      @ForAll @IntRange(min = 1, max = 60) int longest,
      @ForAll @IntRange(max = 100) int ageing,
      @ForAll boolean limited,
      @ForAll long seed) {
    List<Job> jobs = new ArrayList<>();
    jobs.add(new Job(50, NodeRequest.wholeNodes(1), 0, 10));
    addStream(jobs, NodeRequest.wholeNodes(nodes), 4, longest, limited, seed);
    PackerWorld world =
        new PackerWorld(oneBlock(nodes, Duration.ofSeconds(ageing), 0, jobs), false);
    world.run();
    double latest = 50 + ageing * Math.log(nodes) / Math.log(2);
    double aheadAtMost = workUntil(latest + 1e-6, jobs); // of the same age, the larger goes first
    assertThat(world.waited(1)).isLessThanOrEqualTo(aheadAtMost);
  }

  /** Seconds of the stream's tasks that come until then. */
  private static long workUntil(double latest, List<Job> jobs) {
    return jobs.stream()
        .skip(1)
        .filter(job -> job.arrival() <= latest)
        .mapToLong(Job::duration)
        .sum();
  }

  /** So many tasks at once, again and again: twice as much work as the nodes can do. */
  private static void addStream(
      List<Job> jobs, NodeRequest request, int atOnce, int longest, boolean limited, long seed) {
    Random random = new Random(seed);
    for (int time = 0; time < 50 + 40 * longest; time += longest) {
      for (int i = 0; i < atOnce; i++) {
        int duration = 1 + random.nextInt(longest);
        jobs.add(new Job(time, request, limited ? longest : 0, duration));
      }
    }
  }

  private static PackerStory oneBlock(int nodes, Duration ageing, int patience, List<Job> jobs) {
    return new PackerStory(
        new PackerSettings(ageing, Duration.ofSeconds(patience), nodes, 1),
        List.of(new BlockPlan(0, 0, nodes, 1)),
        jobs,
        List.of());
  }

  @Provide
  Arbitrary<PackerStory> stories() {
    Arbitrary<BlockPlan> plans =
        Combinators.combine(
                between(0, 300), between(0, 400), between(1, MOST_NODES), between(1, MOST_SLOTS))
            .as(BlockPlan::new);
    Arbitrary<Integer> start = between(0, 100);
    Arbitrary<Fault> faults =
        Combinators.combine(
                between(0, 600), Arbitraries.of(PackerStory.Kind.class), between(0, 10_000))
            .as(Fault::new);
    return Combinators.combine(
            settings(), start, plans.list().ofMaxSize(5), jobs(300), faults.list().ofMaxSize(20))
        .as(
            (settings, first, more, jobs, wrong) -> {
              List<BlockPlan> blocks = new ArrayList<>();
              blocks.add(new BlockPlan(first, 0, MOST_NODES, MOST_SLOTS));
              blocks.addAll(more);
              return new PackerStory(settings, blocks, jobs, wrong);
            });
  }

  @Provide
  Arbitrary<PackerStory> quietStories() {
    Arbitrary<PackerSettings> settings =
        Combinators.combine(
                Arbitraries.just(0), between(0, 100), Arbitraries.of(0.0, 1.0, 3.0), KNOWN)
            .as(NodePackerPropertyTest::settingsOf);
    return Combinators.combine(settings, between(1, 3), jobs(100), Arbitraries.of(true, false))
        .as(
            (packed, count, jobs, inARow) -> {
              List<BlockPlan> blocks = new ArrayList<>();
              for (int i = 0; i < count; i++) {
                blocks.add(new BlockPlan(0, 0, MOST_NODES, MOST_SLOTS));
              }
              List<Job> inTime =
                  jobs.stream().map(NodePackerPropertyTest::keepingItsLimit).toList();
              return new PackerStory(packed.inARow(inARow), blocks, inTime, List.of());
            });
  }

  /** The same where a task's nodes follow one another. */
  @Provide
  Arbitrary<PackerStory> storiesInRows() {
    return stories()
        .map(
            story ->
                new PackerStory(
                    story.settings().inARow(true), story.blocks(), story.jobs(), story.faults()));
  }

  /** The same with nodes whose slots share devices, and tasks that ask for parts of them. */
  @Provide
  Arbitrary<PackerStory> storiesOfDevices() {
    return Combinators.combine(stories(), between(1, 4), Arbitraries.longs())
        .as(
            (story, perDevice, seed) -> {
              Random random = new Random(seed);
              List<BlockPlan> blocks = story.blocks().stream().map(b -> of(b, perDevice)).toList();
              List<Job> jobs =
                  story.jobs().stream().map(job -> asking(job, blocks.get(0), random)).toList();
              return new PackerStory(story.settings(), blocks, jobs, story.faults());
            });
  }

  private static BlockPlan of(BlockPlan plan, int slotsPerDevice) {
    return new BlockPlan(plan.start(), plan.length(), plan.nodes(), plan.slots(), slotsPerDevice);
  }

  /** Most ask for devices, for as many slots as that takes at least. */
  private static Job asking(Job job, BlockPlan block, Random random) {
    NodeRequest request = job.request();
    double accelerators = random.nextInt(9) / 4.0;
    int least = block.node().slotsFor(accelerators);
    if (request.isWholeNodes() || accelerators == 0 || least > block.slots()) {
      return job;
    }
    int slots = Math.max(least, request.slotsPerNode());
    return new Job(
        job.arrival(),
        new NodeRequest(request.nodes(), slots, accelerators),
        job.limit(),
        job.duration());
  }

  private static Job keepingItsLimit(Job job) {
    return job.limit() == 0 || job.limit() >= job.duration()
        ? job
        : new Job(job.arrival(), job.request(), job.duration(), job.duration());
  }

  private static Arbitrary<PackerSettings> settings() {
    return Arbitraries.oneOf(
        Arbitraries.just(PackerSettings.DEFAULT),
        Combinators.combine(between(0, 200), between(0, 200), Arbitraries.of(0.0, 1.0, 3.0), KNOWN)
            .as(NodePackerPropertyTest::settingsOf));
  }

  /** Whether the packer is told how large blocks and nodes become. */
  private static final Arbitrary<Boolean> KNOWN = Arbitraries.of(true, false);

  private static PackerSettings settingsOf(
      int ageing, int patience, double patienceRuns, boolean known) {
    return new PackerSettings(
        Duration.ofSeconds(ageing),
        Duration.ofSeconds(patience),
        patienceRuns,
        known ? MOST_NODES : 0,
        known ? MOST_SLOTS : 0,
        false);
  }

  private static Arbitrary<List<Job>> jobs(int latest) {
    return Combinators.combine(
            between(0, latest),
            requests(MOST_NODES, MOST_SLOTS),
            Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(0)), Tuple.of(2, between(1, 120))),
            between(1, 100))
        .as(Job::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  private static Arbitrary<NodeRequest> requests(int nodes, int slots) {
    return Arbitraries.oneOf(
        Arbitraries.just(NodeRequest.ONE_SLOT),
        between(1, slots).map(NodeRequest::slots),
        between(1, nodes).map(NodeRequest::wholeNodes),
        Combinators.combine(between(1, nodes), between(1, slots)).as(NodeRequest::new));
  }

  private static Arbitrary<Integer> between(int least, int most) {
    return Arbitraries.integers().between(least, most);
  }

  /**
   * All there from the beginning: tasks of 1 slot to all nodes, powers of two or anything between.
   */
  @Provide
  Arbitrary<PackerStory> mixes() {
    return mixes(400);
  }

  /** The same, of which all but a tenth comes one by one, three times as fast as it can be done. */
  @Provide
  Arbitrary<PackerStory> mixesOverTime() {
    return Combinators.combine(mixes(800), Arbitraries.longs())
        .as(NodePackerPropertyTest::overTime);
  }

  private static Arbitrary<PackerStory> mixes(int jobsPerBlock) {
    return Combinators.combine(
            Arbitraries.of(8, 16, 32, 64),
            Arbitraries.of(1, 4, 12),
            between(1, 3),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.longs())
        .as(
            (nodes, slots, blocks, limited, powersOfTwo, inProduction, seed) ->
                mix(
                    new Shape(nodes, slots, blocks, jobsPerBlock * blocks),
                    limited,
                    powersOfTwo,
                    inProduction,
                    seed));
  }

  /** Blocks, their nodes, the nodes' slots, and how many tasks there are for them. */
  private record Shape(int nodes, int slots, int blocks, int jobs) {}

  private static PackerStory overTime(PackerStory mix, long seed) {
    Random random = new Random(seed);
    int latest = (int) (MakespanBound.of(mix) / 3);
    List<Job> jobs = new ArrayList<>();
    for (Job job : mix.jobs()) {
      int arrival = random.nextInt(10) == 0 ? 0 : random.nextInt(latest + 1);
      jobs.add(new Job(arrival, job.request(), job.limit(), job.duration()));
    }
    return new PackerStory(mix.settings(), mix.blocks(), jobs, List.of());
  }

  private static PackerStory mix(
      Shape shape, boolean limited, boolean powersOfTwo, boolean inProduction, long seed) {
    Random random = new Random(seed);
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < shape.jobs(); i++) {
      double log = random.nextDouble() * Math.log(shape.nodes()) / Math.log(2);
      int wide = powersOfTwo ? 1 << (int) Math.round(log) : (int) Math.round(Math.pow(2, log));
      NodeRequest request =
          random.nextInt(3) > 0
              ? NodeRequest.wholeNodes(wide)
              : NodeRequest.slots(1 + random.nextInt(shape.slots()));
      int duration = 1 + random.nextInt(100);
      int limit = limited ? duration + random.nextInt(duration) : 0;
      jobs.add(new Job(0, request, limit, duration));
    }
    List<BlockPlan> plans = new ArrayList<>();
    for (int i = 0; i < shape.blocks(); i++) {
      plans.add(new BlockPlan(0, 0, shape.nodes(), shape.slots()));
    }
    return new PackerStory(
        inProduction
            ? PackerSettings.DEFAULT
            : new PackerSettings(
                Duration.ofMinutes(10), Duration.ofMinutes(10), shape.nodes(), shape.slots()),
        plans,
        jobs,
        List.of());
  }
}
