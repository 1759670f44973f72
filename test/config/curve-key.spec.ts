import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCurveKeyPair, curveKeyPairOf, isCurveKey } from '../../src/config/curve-key.js';
import { decodeZ85, encodeZ85 } from '../../src/config/z85.js';

describe('Z85', () => {
  it('encodes the example of ZeroMQ RFC 32', () => {
    const bytes = Buffer.from('864fd26fb559f75b', 'hex');
    expect(encodeZ85(bytes)).toBe('HelloWorld');
    expect(decodeZ85('HelloWorld')).toEqual(bytes);
  });

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(decodeZ85(encodeZ85(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(['Hell', 'Hell ', 'Hell~', 'Hellö', '#####', '%nSc1'])('rejects %j', (text) => {
    expect(decodeZ85(text)).toBeUndefined();
  });

  it('begins no group of characters with #, so that a line with a key is no comment', () => {
    expect(decodeZ85('#0000')).toBeUndefined();
    expect(encodeZ85(Buffer.alloc(4, 0xff))).toBe('%nSc0');
  });
});

describe('a CURVE key pair', () => {
  it('has the public key that belongs to the secret key, as libzmq computes it', () => {
    // The keys of the man page zmq_curve.
    expect(curveKeyPairOf('JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6').publicKey).toBe(
      'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7',
    );
  });

  it('is random', () => {
    const pairs = Array.from({ length: 20 }, createCurveKeyPair);
    expect(new Set(pairs.map(({ secretKey }) => secretKey)).size).toBe(20);
    for (const pair of pairs) {
      expect(isCurveKey(pair.secretKey) && isCurveKey(pair.publicKey)).toBe(true);
      expect(curveKeyPairOf(pair.secretKey)).toEqual(pair);
    }
  });

  it('has 40 characters of Z85', () => {
    expect(isCurveKey('HelloWorld')).toBe(false);
    expect(isCurveKey(`${'HelloWorld'.repeat(4)}`)).toBe(true);
    expect(isCurveKey(`${'HelloWorld'.repeat(3)}Hello Worl`)).toBe(false);
  });
});
