package dev.drover.cli.tasks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.drover.mpi.MpiRequest;
import dev.drover.spelling.NearestName;
import dev.drover.task.ResourceRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code resources} of one line of a {@code .jsonl} task file. Parsl's names for nodes and
 * ranks are as good as ours; of nodes, ranks on each and all ranks, two say the third.
 */
final class JsonResources {
  private static final List<String> KEYS =
      List.of(
          "cores",
          "accelerators",
          "memory",
          "nodes",
          "ranks_per_node",
          "num_nodes",
          "num_ranks",
          "launcher_options");
  private static final Set<String> WHOLE =
      Set.of("nodes", "ranks_per_node", "num_nodes", "num_ranks");

  private final JsonTask.Complaint complaint;
  private final Map<String, Double> numbers = new LinkedHashMap<>();
  private long memory;
  private String launcherOptions = "";
  private ResourceRequest request = ResourceRequest.ONE_SLOT;

  private JsonResources(JsonTask.Complaint complaint) {
    this.complaint = complaint;
  }

  /** Reads the object that the parser stands at; what is wrong goes to the complaint. */
  static JsonResources read(JsonToken token, JsonParser json, JsonTask.Complaint complaint)
      throws IOException {
    JsonResources resources = new JsonResources(complaint);
    if (token != JsonToken.START_OBJECT) {
      complaint.add("'resources' is not an object", "write \"resources\": {\"cores\": 4}");
      json.skipChildren();
      return resources;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      resources.readOne(json.currentName(), json.nextToken(), json);
    }
    resources.settle();
    return resources;
  }

  ResourceRequest request() {
    return request;
  }

  String launcherOptions() {
    return launcherOptions;
  }

  private void readOne(String key, JsonToken value, JsonParser json) throws IOException {
    if (value == JsonToken.VALUE_NULL && KEYS.contains(key)) {
      return;
    }
    if (key.equals("memory") && value.isScalarValue()) {
      Long bytes = JsonTask.readQuantity("memory", json.getText(), Quantities::bytes, complaint);
      memory = bytes == null ? 0 : bytes;
    } else if (key.equals("launcher_options")) {
      readOptions(value, json);
    } else if (!KEYS.contains(key)) {
      complaint.add("unknown resource '" + key + "'", NearestName.hint(key, KEYS));
      json.skipChildren();
    } else {
      Double number = JsonTask.readNumber(key, value, json, WHOLE.contains(key), complaint);
      if (number != null && number < 0) {
        complaint.add("'" + key + "' cannot be " + json.getText(), "it is 0 or more");
      } else if (number != null) {
        numbers.put(key, number);
      }
    }
  }

  private void readOptions(JsonToken value, JsonParser json) throws IOException {
    if (value != JsonToken.VALUE_STRING) {
      complaint.add("'launcher_options' is not a text", "write \"launcher_options\": \"…\"");
      json.skipChildren();
    } else if (json.getText().lines().count() > 1) {
      complaint.add("'launcher_options' has more than one line", "write it on one");
    } else {
      launcherOptions = json.getText().strip();
    }
  }

  private int whole(String key) {
    return numbers.getOrDefault(key, 0.0).intValue();
  }

  private void settle() {
    int nodes = Math.max(whole("nodes"), whole("num_nodes"));
    int perNode = whole("ranks_per_node");
    int ranks = whole("num_ranks");
    if (Math.min(whole("nodes"), whole("num_nodes")) > 0 && whole("nodes") != whole("num_nodes")) {
      complaint.add(
          "nodes=%d and num_nodes=%d contradict one another"
              .formatted(whole("nodes"), whole("num_nodes")),
          "keep one of the two: they mean the same");
      return;
    }
    if (!launcherOptions.isEmpty() && nodes + perNode + ranks == 0) {
      complaint.add(
          "'launcher_options' without ranks to launch", "add \"nodes\" and \"ranks_per_node\"");
    }
    if (ranks > 0) {
      if (nodes == 0 && perNode == 0) {
        complaint.add(
            "num_ranks=" + ranks + " alone does not say where they are",
            "add \"nodes\"; or, for ranks within one node, write \"ranks_per_node\" in its place");
        return;
      }
      try {
        MpiRequest all = MpiRequest.of(specification(nodes, perNode, ranks));
        nodes = all.numNodes();
        perNode = all.ranksPerNode();
      } catch (IllegalArgumentException e) {
        complaint.add(
            e.getMessage().replaceFirst("(?s)\n  fix: .*", ""),
            "give two of nodes, ranks_per_node and num_ranks; the third is computed");
        return;
      }
    }
    request =
        new ResourceRequest(
            numbers.getOrDefault("cores", 0.0),
            numbers.getOrDefault("accelerators", 0.0),
            memory,
            nodes,
            perNode);
  }

  private static Map<String, String> specification(int nodes, int perNode, int ranks) {
    Map<String, String> specification = new LinkedHashMap<>();
    specification.put("num_nodes", nodes == 0 ? "" : Integer.toString(nodes));
    specification.put("ranks_per_node", perNode == 0 ? "" : Integer.toString(perNode));
    specification.put("num_ranks", Integer.toString(ranks));
    return specification;
  }
}
