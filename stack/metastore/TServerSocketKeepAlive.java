package org.apache.hadoop.hive.metastore;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;

/**
 * Stands before Hive's class of this name in the class path. Hive 3.1.3 listens on every address and has no setting
 * for another (4.0 has); here the socket that it made is exchanged for one that only this machine reaches.
 */
public class TServerSocketKeepAlive extends TServerSocket {
  public TServerSocketKeepAlive(TServerSocket everywhere) throws TTransportException {
    super(onLoopback(everywhere));
  }

  private static ServerSocket onLoopback(TServerSocket everywhere) throws TTransportException {
    int port = everywhere.getServerSocket().getLocalPort();
    everywhere.close();
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return socket;
    } catch (IOException e) {
      throw new TTransportException("127.0.0.1:" + port + " cannot be bound", e);
    }
  }

  @Override
  protected TSocket acceptImpl() throws TTransportException {
    TSocket client = super.acceptImpl();
    try {
      client.getSocket().setKeepAlive(true);
    } catch (SocketException e) {
      throw new TTransportException(e);
    }
    return client;
  }
}
