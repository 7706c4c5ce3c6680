package dev.drover.headnode;

/** What every head node promises, kept by this machine. */
class LocalHeadNodeTest extends HeadNodeContract {
  @Override
  HeadNode headNode() {
    return new LocalHeadNode();
  }
}
