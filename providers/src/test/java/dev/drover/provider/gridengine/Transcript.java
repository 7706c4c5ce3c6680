package dev.drover.provider.gridengine;

import dev.drover.headnode.CommandResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a scheduler once said: a file of the test resources that holds {@code $ command}, what it
 * printed, {@code --- stderr} and that where there was any, and {@code exit N}.
 */
public final class Transcript {
  private Transcript() {}

  /** The result that stands in transcripts/FOLDER/NAME.txt. */
  public static CommandResult of(String folder, String name) throws IOException {
    String file = "/transcripts/" + folder + "/" + name + ".txt";
    try (var stream = Transcript.class.getResourceAsStream(file)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      int exit = text.lastIndexOf("exit ");
      String output = text.substring(text.indexOf('\n') + 1, exit);
      int split = output.indexOf("--- stderr\n");
      return new CommandResult(
          Integer.parseInt(text.substring(exit + 5).strip()),
          split < 0 ? output : output.substring(0, split),
          split < 0 ? "" : output.substring(split + 11),
          Duration.ofMillis(50),
          false);
    }
  }
}
