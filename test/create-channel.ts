import { Channel, type ChannelLimits } from '../src/channels/channel.js';
import { EncodingCache } from '../src/channels/encoding-cache.js';

/** A channel without a service around it. @param encodedBytes room for encodings */
export function createChannel(limits: ChannelLimits, encodedBytes = 1_000_000): Channel {
  return new Channel('j', { limits, encodings: new EncodingCache(encodedBytes), audienceChanged: () => {} });
}
