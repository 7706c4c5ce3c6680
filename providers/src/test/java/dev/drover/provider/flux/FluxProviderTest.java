package dev.drover.provider.flux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.Provider;
import dev.drover.provider.ToyProviderContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FluxProviderTest extends ToyProviderContract {
  @Override
  protected String scheduler() {
    return "flux";
  }

  @Override
  protected String submission() {
    return "flux batch";
  }

  @Override
  protected String question() {
    return "flux jobs";
  }

  @Override
  protected List<String> cancelling(JobId job) {
    return List.of("flux", "cancel", job.value());
  }

  @Override
  protected String idVariable() {
    return "FLUX_ENCLOSING_ID";
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("f2HLC2XCK");
  }

  @Test
  void acceptedJobThatCanNeverRun_isFailed_inFluxsWords() throws Exception {
    JobSpec spec =
        new JobSpec(
            "wide", folder.resolve("wide"), List.of("true"), ResourceSpec.ofNodes(5), Map.of(), "");
    Provider wide = provider(Optional.empty(), (command, resources) -> command);
    JobId id = wide.submit(spec);
    JobStatus end = wide.status(Set.of(id)).get(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.reason()).contains("unsatisfiable request: need 5 exclusive node(s)");
    assertThat(end.exitCode()).isEmpty();
  }
}
