import { bindsRouter } from './daemon-status.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

/** The ROUTER is bound, and a broker is connected. */
export const checkBroker: DoctorCheck = ({ daemon }) => {
  if (daemon.kind !== 'answers') return undefined;
  if (!bindsRouter(daemon.status)) return fine('not needed: the process with the lease takes the messages');
  const { endpoint, peers } = daemon.status.broker;
  if (endpoint === null)
    return broken(
      'the ZeroMQ socket is not bound',
      'The daemon starts or stops: ask again. Otherwise restart it.',
    );
  if (peers === 0)
    return suspicious(
      `no broker is connected to ${endpoint}`,
      'Check that the broker runs, that its configuration has this address as monitor, the firewall, and zeromq.allow. Jobs over HTTP need no broker.',
    );
  return fine(`${peers} connected to ${endpoint}`);
};
