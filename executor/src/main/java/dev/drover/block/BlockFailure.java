package dev.drover.block;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told of a block that was of no use: the cause, what its job wrote, and the mend. */
final class BlockFailure {
  private static final Logger log = LoggerFactory.getLogger(BlockFailure.class);
  private static final int TAIL_BYTES = 2048;

  private BlockFailure() {}

  static String text(EndedBlock block) {
    return switch (block.end()) {
      case NOT_SUBMITTED -> "block %s can not be had: %s".formatted(block.id(), block.reason());
      case MISSING -> {
        String tail = tail(block.directory());
        yield "block %s ended before a manager registered: %s\n  script: %s\n  stderr: %s\n  fix:    %s; what runs first is provider.worker-init"
            .formatted(
                block.id(),
                block.reason(),
                block.directory().resolve("submit.sh"),
                tail.isEmpty() ? "(nothing)" : tail,
                tail.isEmpty()
                    ? "see whether nodes can read and write the script's directory under this path"
                    : "mend what stderr tells");
      }
      case OVER, SCALED_IN, TAKEN -> "block %s: %s".formatted(block.id(), block.reason());
    };
  }

  /**
   * The end of what the job printed to its standard error, or else of what the scheduler did; empty
   * = none.
   */
  private static String tail(Path directory) {
    for (String name : List.of("stderr", "scheduler-output")) {
      try {
        byte[] bytes = Files.readAllBytes(directory.resolve(name));
        int from = Math.max(0, bytes.length - TAIL_BYTES);
        String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
        if (!text.isEmpty()) {
          return text.replace("\n", "\n          ");
        }
      } catch (IOException e) {
        log.debug("no {} in {}", name, directory);
      }
    }
    return "";
  }
}
