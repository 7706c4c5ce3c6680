package dev.drover.provider.torque;

import dev.drover.provider.pbs.PbsFamilyContract;

/** Torque, on a toy that words its answers as its manual pages do. */
class TorqueProviderTest extends PbsFamilyContract {
  TorqueProviderTest() {
    super("torque", "torque", "-1");
  }
}
