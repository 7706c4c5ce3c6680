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

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void aStartThatWasForeseen_neverMovesBack(@ForAll("quietStories") PackerStory story) {
    new PackerWorld(story, true).run();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void aMix_takesAtMostATenthLongerThanTheBound(@ForAll("mixes") PackerStory mix) {
    PackerWorld world = new PackerWorld(mix, false);
    world.run();
    BlockPlan block = mix.blocks().get(0);
    double bound = MakespanBound.of(mix.jobs(), mix.blocks().size(), block.nodes(), block.slots());
    assertThat(world.makespan()).isLessThanOrEqualTo(1.1 * bound);
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
    double aheadAtMost = workUntil(50 + ageing * Math.log(nodes) / Math.log(2), jobs);
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
    Arbitrary<Integer> patience = between(0, 100);
    return Combinators.combine(patience, between(1, 3), jobs(100))
        .as(
            (seconds, count, jobs) -> {
              List<BlockPlan> blocks = new ArrayList<>();
              for (int i = 0; i < count; i++) {
                blocks.add(new BlockPlan(0, 0, MOST_NODES, MOST_SLOTS));
              }
              List<Job> inTime =
                  jobs.stream().map(NodePackerPropertyTest::keepingItsLimit).toList();
              return new PackerStory(
                  new PackerSettings(
                      Duration.ZERO, Duration.ofSeconds(seconds), MOST_NODES, MOST_SLOTS),
                  blocks,
                  inTime,
                  List.of());
            });
  }

  private static Job keepingItsLimit(Job job) {
    return job.limit() == 0 || job.limit() >= job.duration()
        ? job
        : new Job(job.arrival(), job.request(), job.duration(), job.duration());
  }

  private static Arbitrary<PackerSettings> settings() {
    return Combinators.combine(between(0, 200), between(0, 200))
        .as(
            (ageing, patience) ->
                new PackerSettings(
                    Duration.ofSeconds(ageing),
                    Duration.ofSeconds(patience),
                    MOST_NODES,
                    MOST_SLOTS));
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
    return Combinators.combine(
            Arbitraries.of(8, 16, 32, 64),
            Arbitraries.of(1, 4, 12),
            between(1, 3),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.longs())
        .as(NodePackerPropertyTest::mix);
  }

  private static PackerStory mix(
      int nodes, int slots, int blocks, boolean limited, boolean powersOfTwo, long seed) {
    Random random = new Random(seed);
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 400 * blocks; i++) {
      double log = random.nextDouble() * Math.log(nodes) / Math.log(2);
      int wide = powersOfTwo ? 1 << (int) Math.round(log) : (int) Math.round(Math.pow(2, log));
      NodeRequest request =
          random.nextInt(3) > 0
              ? NodeRequest.wholeNodes(wide)
              : NodeRequest.slots(1 + random.nextInt(slots));
      int duration = 1 + random.nextInt(100);
      int limit = limited ? duration + random.nextInt(duration) : 0;
      jobs.add(new Job(0, request, limit, duration));
    }
    List<BlockPlan> plans = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      plans.add(new BlockPlan(0, 0, nodes, slots));
    }
    return new PackerStory(
        new PackerSettings(Duration.ofMinutes(10), Duration.ofMinutes(10), nodes, slots),
        plans,
        jobs,
        List.of());
  }
}
