package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.Ending;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionRelayTest {
  private final CompletionRelay relay = new CompletionRelay();
  private final List<Long> told = new ArrayList<>();

  private void end(long id) {
    relay.complete(FakeEnsemble.end(id, Ending.SUCCEEDED, 0));
  }

  @Test
  void endsThatComeEarly_holdUpNobody_andAreToldInTheirOrder_beforeLaterOnes() {
    end(1);
    end(2);
    assertThat(relay.mayBlock()).isFalse();

    relay.connect(
        report -> {
          told.add(report.id().value());
          if (told.size() == 1) {
            end(3); // while the early ones are being told
          }
        });
    end(4);

    assertThat(told).containsExactly(1L, 2L, 3L, 4L);
  }
}
