package dev.drover.cli.tasks;

import dev.drover.spelling.NearestName;
import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskSpec;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of one JSON object a line, each a task ({@link JsonTask} knows its keys). Reads all lines,
 * then joins the {@code after} of each to the others by their ids.
 */
final class JsonTaskFile {
  private final TaskDefaults defaults;
  private final TaskProblems problems;
  private final List<TaskBatch> batches = new ArrayList<>();
  private final List<Long> lines = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<Integer, List<String>> wanted = new LinkedHashMap<>();

  JsonTaskFile(String source, TaskDefaults defaults) {
    this.defaults = defaults;
    this.problems = new TaskProblems(source);
  }

  TaskList read(LineReader reader) throws IOException, InvalidTasksException {
    for (String line = reader.next(); line != null; line = reader.next()) {
      if (line.isBlank()) {
        continue;
      }
      long number = reader.number();
      if (!reader.wellFormed()) {
        problems.add(number, "the line is not valid UTF-8", "save the file as UTF-8");
        continue;
      }
      JsonTask task = JsonTask.parse(line, (what, mend) -> problems.add(number, what, mend));
      int place = batches.size();
      if (!task.id().isEmpty()) {
        Integer earlier = places.putIfAbsent(task.id(), place);
        if (earlier != null) {
          problems.add(
              number,
              "the id '" + task.id() + "' is taken by line " + lines.get(earlier),
              "give each task its own id");
        }
      }
      batches.add(task.isValid() ? judged(task.batch(defaults), number) : null);
      lines.add(number);
      if (!task.after().isEmpty()) {
        wanted.put(place, task.after());
      }
    }
    Map<Integer, List<Integer>> after = join();
    refuseCycles(after);
    problems.throwIfAny();
    if (!after.isEmpty()) {
      nameTheNameless();
    }
    return new TaskList(batches, after);
  }

  private TaskBatch judged(TaskBatch batch, long line) {
    defaults.judge(batch.spec().resources(), (what, mend) -> problems.add(line, what, mend));
    return batch;
  }

  /** A run that is resumed knows tasks with dependencies by their names, so each gets one. */
  private void nameTheNameless() {
    for (int place = 0; place < batches.size(); place++) {
      TaskBatch batch = batches.get(place);
      TaskSpec spec = batch.spec();
      if (spec.name().isEmpty()) {
        String name = "line-" + lines.get(place);
        while (places.containsKey(name)) {
          name += "'";
        }
        TaskSpec named =
            new TaskSpec(
                name, spec.work(), spec.resources(), spec.timeout(), spec.launcherOptions());
        batches.set(place, TaskBatch.single(named, batch.options(), batch.completion()));
      }
    }
  }

  private Map<Integer, List<Integer>> join() {
    Map<Integer, List<Integer>> after = new LinkedHashMap<>();
    wanted.forEach(
        (place, ids) -> {
          Set<Integer> parents = new LinkedHashSet<>();
          for (String id : ids) {
            Integer parent = places.get(id);
            if (parent != null) {
              parents.add(parent);
            } else {
              problems.add(
                  lines.get(place),
                  "comes after '" + id + "', which no task has as its id",
                  NearestName.among(id, places.keySet())
                      .map(near -> "did you mean '" + near + "'?")
                      .orElse("give that task an \"id\""));
            }
          }
          if (!parents.isEmpty()) {
            after.put(place, List.copyOf(parents));
          }
        });
    return after;
  }

  private void refuseCycles(Map<Integer, List<Integer>> after) {
    Map<Integer, List<Integer>> left = new LinkedHashMap<>(after);
    ArrayDeque<Integer> free = new ArrayDeque<>();
    DependencyGraph graph = new DependencyGraph(after);
    Set<Integer> parents = new HashSet<>();
    after.values().forEach(parents::addAll);
    parents.stream().filter(parent -> !after.containsKey(parent)).forEach(free::add);
    while (!free.isEmpty()) {
      for (Integer released : graph.succeeded(free.remove())) {
        left.remove(released);
        free.add(released);
      }
    }
    Set<Integer> seen = new HashSet<>();
    for (Integer start : left.keySet()) {
      List<Integer> walk = new ArrayList<>();
      Integer at = start;
      while (seen.add(at)) {
        walk.add(at);
        at = left.get(at).stream().filter(left::containsKey).findFirst().orElseThrow();
      }
      if (walk.contains(at)) {
        refuse(walk.subList(walk.indexOf(at), walk.size()));
      }
    }
  }

  private void refuse(List<Integer> cycle) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i <= cycle.size(); i++) {
      int place = cycle.get(i % cycle.size());
      path.append(i == 0 ? "" : " → ").append(name(place));
    }
    problems.add(
        lines.get(cycle.get(0)), "waits for itself: " + path, "take one \"after\" of these out");
  }

  /** Only tasks with an id can be waited for, so every task of a cycle has one. */
  private String name(int place) {
    for (Map.Entry<String, Integer> entry : places.entrySet()) {
      if (entry.getValue() == place) {
        return entry.getKey();
      }
    }
    return "line " + lines.get(place);
  }
}
