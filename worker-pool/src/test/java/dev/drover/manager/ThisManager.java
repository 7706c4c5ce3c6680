package dev.drover.manager;

import dev.drover.mpi.LeftRanks;
import dev.drover.pinning.AcceleratorProbe;
import dev.drover.pinning.AffinityPolicy;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.SlotPlaces;
import dev.drover.protocol.BlockTime;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the slots of a manager share, without the manager's loop and its interchange. */
final class ThisManager {
  static final String POOL = "pool-" + ProcessHandle.current().pid();

  /** The hosts of the job around one that stands for its own node. */
  static final List<String> BLOCK = List.of("n1", "localhost", "n2");

  private ThisManager() {}

  /**
   * The tools of a manager on {@code localhost} with two cpus a slot's worth each.
   *
   * @param nodes of a lead node; empty = none
   * @param affinity as on the command line
   * @param options of the command line
   */
  static SlotTools tools(
      Path directory, int slots, String affinity, List<String> nodes, String... options)
      throws IOException {
    return tools(directory, "localhost", slots, affinity, List.of(), nodes, options);
  }

  static SlotTools tools(
      Path directory,
      String host,
      int slots,
      String affinity,
      List<String> accelerators,
      List<String> nodes,
      String... options)
      throws IOException {
    return tools(directory, host, slots, affinity, accelerators, nodes, LeftRanks.NONE, options);
  }

  /** The tools of the manager of a lead node with one slot. */
  static SlotTools toolsOfLeadNode(Path directory, List<String> nodes, LeftRanks leftRanks)
      throws IOException {
    return tools(directory, nodes.get(0), 1, "none", List.of(), nodes, leftRanks);
  }

  private static SlotTools tools(
      Path directory,
      String host,
      int slots,
      String affinity,
      List<String> accelerators,
      List<String> nodes,
      LeftRanks leftRanks,
      String... options)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of(
            "--address=127.0.0.1",
            "--port=1",
            "--run-dir=" + directory,
            "--working-dir=" + directory,
            "--kill-grace=0.3"));
    SlotPlaces places =
        SlotPlaces.of(
            AffinityPolicy.parse(affinity),
            CpuAffinity.ofCallingThread(),
            slots,
            accelerators,
            1,
            Path.of("/sys"),
            AcceleratorProbe.NONE);
    ManagerFacts facts =
        new ManagerFacts(
            new ManagerId(POOL),
            "b-1",
            host,
            1,
            slots,
            2,
            0,
            places.deviceSlots().names(),
            places.numaNodes(),
            2 * slots,
            0,
            "",
            "",
            "",
            "",
            0,
            BlockTime.NONE,
            nodes);
    Files.createDirectories(directory.resolve("tasks"));
    return new SlotTools(
        WorkerPoolArguments.parse(arguments),
        facts,
        facts.nodes().isEmpty() ? BLOCK : facts.nodes(),
        places,
        directory,
        directory.resolve("fenced"),
        leftRanks);
  }
}
