package dev.drover.headnode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every head node promises, kept over a real OpenSSH. */
class SshHeadNodeTest extends HeadNodeContract {
  private static SshServer server;
  private static SshHeadNode shared;

  @BeforeAll
  static void start() {
    server = SshServer.start();
    shared = new SshHeadNode(server.settings(), new ConsolePrompt());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      shared.close();
      server.close();
    }
  }

  @Override
  HeadNode headNode() {
    return shared;
  }
}
