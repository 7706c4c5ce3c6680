package dev.drover.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes by what tells whose they are: cookie, session, group and parent. Each one's environment
 * is read once, however many tasks are looked for. This process itself is not among them.
 */
final class ProcessIndex {
  private final Map<String, List<ProcFs.Stat>> byCookie = new HashMap<>();
  private final Map<Long, List<ProcFs.Stat>> bySession = new HashMap<>();
  private final Map<Long, List<ProcFs.Stat>> byGroup = new HashMap<>();
  private final Map<Long, List<ProcFs.Stat>> byParent = new HashMap<>();

  /**
   * @param variable the cookies' name
   */
  ProcessIndex(List<ProcFs.Stat> processes, String variable) {
    long self = ProcessHandle.current().pid();
    for (ProcFs.Stat process : processes) {
      if (process.pid() != self) {
        add(process, variable);
      }
    }
  }

  private void add(ProcFs.Stat process, String variable) {
    ProcFs.ofThisNode()
        .environEntries(process.pid(), variable)
        .forEach(cookie -> add(byCookie, cookie, process));
    add(bySession, process.session(), process);
    add(byGroup, process.group(), process);
    add(byParent, process.parent(), process);
  }

  private static <K> void add(Map<K, List<ProcFs.Stat>> by, K key, ProcFs.Stat process) {
    by.computeIfAbsent(key, k -> new ArrayList<>(1)).add(process);
  }

  /**
   * Those that carry this cookie, belong to this session or process group, or descend from one of
   * these.
   *
   * @param cookie the whole entry, {@code NAME=value}
   * @param pid of the session and group; 0 for none
   */
  List<ProcessTree.Member> find(String cookie, long pid) {
    Map<Long, ProcessTree.Member> found = new LinkedHashMap<>();
    ArrayDeque<Long> parents = new ArrayDeque<>();
    take(byCookie.get(cookie), found, parents);
    if (pid != 0) {
      take(bySession.get(pid), found, parents);
      take(byGroup.get(pid), found, parents);
    }
    while (!parents.isEmpty()) {
      take(byParent.get(parents.pollFirst()), found, parents);
    }
    return List.copyOf(found.values());
  }

  /**
   * @param processes {@code null} = none
   */
  private static void take(
      Collection<ProcFs.Stat> processes,
      Map<Long, ProcessTree.Member> found,
      ArrayDeque<Long> parents) {
    if (processes == null) {
      return;
    }
    for (ProcFs.Stat process : processes) {
      ProcessTree.Member member = new ProcessTree.Member(process.pid(), process.startTicks());
      if (found.putIfAbsent(process.pid(), member) == null) {
        parents.addLast(process.pid());
      }
    }
  }
}
