import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { vi } from 'vitest';

// Node.js has no Unix datagram sockets, and socat keeps the file descriptor that ends the wait of systemd-notify. Perl is
// on every Debian machine; its `recv` closes that descriptor.
const SERVER = `
use IO::Socket::UNIX;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
chmod 0666, $ARGV[0];
$| = 1;
while (defined $socket->recv(my $message, 4096)) { print "$message\\n"; }
`;

/** Receives what systemd would receive from a service (NOTIFY_SOCKET). */
export class NotifySocket {
  private received = '';

  private constructor(
    readonly path: string,
    private readonly server: ChildProcess,
  ) {
    server.stdout!.on('data', (data) => (this.received += String(data)));
  }

  static async open(path: string): Promise<NotifySocket> {
    const server = spawn('perl', ['-e', SERVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const socket = new NotifySocket(path, server);
    await vi.waitFor(() => {
      if (!existsSync(path)) throw new Error('The notify socket is not open');
    }, 5000);
    return socket;
  }

  /** The states in the order of their arrival, without the barriers that systemd-notify adds. */
  get states(): string[] {
    return this.received.split('\n').filter((line) => line !== '' && line !== 'BARRIER=1');
  }

  /** Resolves when a state has arrived, `times` times. */
  async receives(state: string, times = 1): Promise<void> {
    await vi.waitFor(() => {
      const count = this.states.filter((line) => line === state).length;
      if (count < times) throw new Error(`${state} is not ${times} times in ${this.states.join()}`);
    }, 10_000);
  }

  close(): void {
    this.server.kill();
  }
}
