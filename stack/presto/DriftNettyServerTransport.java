package com.facebook.drift.transport.netty.server;

import com.facebook.drift.transport.server.ServerMethodInvoker;
import com.facebook.drift.transport.server.ServerTransport;
import io.netty.buffer.ByteBufAllocator;

/**
 * Stands before Presto's class of this name in the class path, and listens nowhere. Presto's workers may talk Thrift
 * among themselves: off by default, and here is but one. The original opens a port all the same, on every address, and
 * has no setting for another.
 */
public class DriftNettyServerTransport implements ServerTransport {
  public DriftNettyServerTransport(ServerMethodInvoker invoker, DriftNettyServerConfig config) {}

  public DriftNettyServerTransport(
      ServerMethodInvoker invoker, DriftNettyServerConfig config, ByteBufAllocator allocator) {}

  @Override
  public void start() {}

  public int getPort() {
    return 0;
  }

  @Override
  public void shutdown() {}
}
