/**
 * Counts the connected brokers from the events of a ROUTER. A disconnect event does not name its connection. While a
 * handshake is incomplete (a port scan, bytes that are not ZMTP), the count assumes that the connection with this
 * handshake ended. It corrects a wrong assumption at the next event of that connection. So it is exact whenever no
 * handshake is incomplete.
 */
export class PeerCount {
  peers = 0;
  private handshakes = 0;

  accepted(): void {
    this.handshakes++;
  }

  handshakeCompleted(): void {
    if (this.handshakes > 0) {
      this.handshakes--;
      this.peers++;
      // Otherwise the connection that ended was that of a broker, which still counts: this broker takes its place.
    } else this.peers = Math.max(1, this.peers);
  }

  disconnected(): void {
    if (this.handshakes > 0) this.handshakes--;
    else this.peers = Math.max(0, this.peers - 1);
  }
}
