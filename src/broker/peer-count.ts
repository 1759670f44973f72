/**
 * Counts the brokers that are connected, from the events of a ROUTER. An event names no link, so a link that ends counts
 * as one without a complete handshake (a port scan, bytes that are no ZMTP) while there is one.
 */
export class PeerCount {
  peers = 0;
  private waiting = 0;

  accepted(): void {
    this.waiting++;
  }

  greeted(): void {
    this.waiting = Math.max(0, this.waiting - 1);
    this.peers++;
  }

  ended(): void {
    if (this.waiting > 0) this.waiting--;
    else this.peers = Math.max(0, this.peers - 1);
  }
}
