import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser, type ServerSentEvent } from '../../client/event-stream.js';

function parse(...pieces: string[]): ServerSentEvent[] {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe('the event stream parser', () => {
  it('reads events and ignores comments, ids and unknown fields', () => {
    const text = ': hello\n\nretry: 2000\n\nid: a-1\ndata: {"a":1}\n\nevent: end\ndata:finished\nodd\n\n';
    expect(parse(text)).toEqual([
      { event: '', data: '{"a":1}' },
      { event: 'end', data: 'finished' },
    ]);
  });

  it('joins the data lines of an event and removes one leading space', () => {
    expect(parse('data:  a: b\ndata\ndata: c\n\n')).toEqual([{ event: '', data: ' a: b\n\nc' }]);
  });

  it('returns no incomplete event', () => {
    expect(parse('data: a\n')).toEqual([]);
    expect(parse('event: end', '\n')).toEqual([]);
  });

  it('returns the same events for any line ending and any division into pieces', () => {
    const lines = [
      'data: one',
      '',
      ': beat',
      'event: reset',
      'data: {"reset":"epoch"}',
      '',
      'data: \u2028x',
      '',
      '',
    ];
    fc.assert(
      fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(100)), (end, places) => {
        const text = lines.join(end) + (end === '\r' ? '\n' : '');
        const cuts = [...places.map((place) => place % text.length), 0, text.length].sort((a, b) => a - b);
        const pieces = cuts.slice(1).map((cut, at) => text.slice(cuts[at], cut));
        expect(parse(...pieces)).toEqual([
          { event: '', data: 'one' },
          { event: 'reset', data: '{"reset":"epoch"}' },
          { event: '', data: '\u2028x' },
        ]);
      }),
    );
  });
});
