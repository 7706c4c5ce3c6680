package dev.drover.provider.slurm;

import dev.drover.headnode.SshHeadNode;
import dev.drover.headnode.SshServer;
import dev.drover.job.JobId;
import dev.drover.provider.CountingHeadNode;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every provider promises, kept on a real Slurm whose head node is behind a jump host. */
class SlurmOverSshTest extends ProviderContract {
  private static SshHeadNode behind;

  private CountingHeadNode headNode;

  /** Where there is no Slurm or no SSH, all of them are skipped before any begins. */
  @BeforeAll
  static void connect() {
    behind =
        SshServer.behindAJumpHost("export SLURM_CONF=" + SlurmCluster.shared().configuration());
  }

  @AfterAll
  static void disconnect() {
    if (behind != null) {
      behind.close();
    }
  }

  @Override
  protected Provider provider() throws Exception {
    headNode = new CountingHeadNode(behind);
    return Providers.of(ProviderSettings.of("slurm"), headNode);
  }

  @Override
  protected int statusQueries() {
    return headNode.count("squeue");
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("999999");
  }
}
