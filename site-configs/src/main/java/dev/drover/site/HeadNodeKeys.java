package dev.drover.site;

import static dev.drover.site.KeyType.DURATION;
import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.POSITIVE_DURATION;

import dev.drover.headnode.SshAddress;
import dev.drover.headnode.SshSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The head node, where scheduler commands run. A part of {@link SiteKeys}, by which it is used. */
interface HeadNodeKeys {
  /** The keys of this part. */
  KeySection HEADNODE = new KeySection();

  Key<Optional<SshAddress>> HEADNODE_URL =
      HEADNODE.key(
          "headnode.url",
          new KeyType.OrNone<>(KeyType.SSH_ADDRESS),
          Optional.empty(),
          "",
          "where scheduler commands run, such as ssh://user@login1; nothing = on this machine");
  Key<List<SshAddress>> HEADNODE_JUMP =
      HEADNODE.key(
          "headnode.jump",
          KeyType.SSH_ADDRESSES,
          List.of(),
          "",
          "hosts to go through, the first hop first; nothing = as ~/.ssh/config says");
  Key<Optional<String>> HEADNODE_IDENTITY_FILE =
      HEADNODE.key(
          "headnode.identity-file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "private key to log in with; nothing = as ~/.ssh/config says, and the agent's");
  Key<Optional<String>> HEADNODE_KNOWN_HOSTS =
      HEADNODE.key(
          "headnode.known-hosts",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "file of trusted host keys; nothing = as ~/.ssh/config says");
  Key<Duration> HEADNODE_KEEP_ALIVE =
      HEADNODE.key(
          "headnode.keep-alive",
          DURATION,
          SshSettings.DEFAULT_KEEP_ALIVE,
          "",
          "the silence after which a sign of life is asked for; 0 = never, so a dead line shows late");
  Key<Duration> HEADNODE_CONNECT_TIMEOUT =
      HEADNODE.key(
          "headnode.connect-timeout",
          POSITIVE_DURATION,
          SshSettings.DEFAULT_CONNECT_TIMEOUT,
          "",
          "how long one attempt to connect may take, questions to you not counted");
  Key<String> HEADNODE_INIT =
      HEADNODE.key(
          "headnode.init",
          KeyType.LINES,
          "",
          "",
          "sh lines before each command there, such as . /etc/profile; what they print is dropped");
  Key<InterchangePlace> HEADNODE_INTERCHANGE =
      HEADNODE.key(
          "headnode.interchange",
          new KeyType.Choice<>(InterchangePlace.class),
          InterchangePlace.THERE,
          "",
          "with headnode.url: there = a process on the head node has the run; here = nodes reach this machine");
  Key<String> HEADNODE_RUNS =
      HEADNODE.key(
          "headnode.runs",
          PATH,
          "~/drover-runs",
          "",
          "directory of run directories there, which nodes see too");
  Key<Optional<String>> HEADNODE_RUNTIME =
      HEADNODE.key(
          "headnode.runtime",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "tarball of drover bundle here, sent where no Java 17 or newer is found; nothing = none is sent");

  /** Where the interchange of a run is whose head node is reached by SSH. */
  enum InterchangePlace {
    /** In the submitting process: nodes must reach this machine, and see its files. */
    HERE,
    /** In a process on the head node, which goes on while the submitting side is away. */
    THERE
  }
}
