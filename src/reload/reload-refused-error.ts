/** A reload was refused, and nothing has changed. */
export class ReloadRefusedError extends Error {
  override readonly name = 'ReloadRefusedError';

  constructor(readonly state: 'starting' | 'stopping') {
    super(
      state === 'starting'
        ? 'The monitor starts: reload it when it is ready'
        : 'The monitor stops: the next process reads the configuration',
    );
  }
}
