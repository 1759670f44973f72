import { describe, expect, test } from 'vitest';
import { languageOf, loadLaterMessages, loadMessages } from '../../../web/language.js';
import { durationsOf } from '../../../web/messages/durations.js';
import { CZECH, ENGLISH, LATER_CZECH, LATER_ENGLISH } from '../../fixtures/web/languages.js';

describe('the language of the page', () => {
  test.each([
    [['cs-CZ', 'en'], 'cs'],
    [['CS'], 'cs'],
    [['sk-SK', 'en'], 'cs'],
    [['de', 'cs', 'en'], 'cs'],
    [['en-US', 'cs'], 'en'],
    [['de-DE'], 'en'],
    [[], 'en'],
    [['', '-', '__proto__', 'constructor'], 'en'],
  ])('for the preferences %j is %s', (preferred, language) => expect(languageOf(preferred)).toBe(language));

  test.each(['en', 'cs'])('has texts: %s', async (language) => {
    const first = await loadMessages(language);
    expect(first.language).toBe(language);
    const later = language === 'cs' ? LATER_CZECH : LATER_ENGLISH;
    const makeLater = await loadLaterMessages(language);
    expect(makeLater(first, durationsOf).timeline).toBe(later.timeline);
  });
});

test.each([
  [0, '0 tasks', '0 úkolů'],
  [1, '1 task', '1 úkol'],
  [2, '2 tasks', '2 úkoly'],
  [4, '4 tasks', '4 úkoly'],
  [5, '5 tasks', '5 úkolů'],
  [21, '21 tasks', '21 úkolů'],
  [10_000, '10,000 tasks', '10 000 úkolů'],
])('%i tasks are "%s" and "%s"', (count, english, czech) => {
  expect(ENGLISH.tasks(count)).toBe(english);
  expect(plain(CZECH.tasks(count))).toBe(czech);
});

test.each([
  [1, 1, 'Selhal 1 z 1 úkolu.'],
  [1, 20, 'Selhal 1 z 20 úkolů.'],
  [3, 20, 'Selhaly 3 z 20 úkolů.'],
  [7, 20, 'Selhalo 7 z 20 úkolů.'],
])('the Czech sentence for %i failures of %i tasks is correct', (failed, reported, sentence) => {
  expect(CZECH.someFailed(failed, reported)).toBe(sentence);
});

test.each([
  [-5, '0s', '0 s'],
  [40, '0s', '0 s'],
  [340, '0.3s', '0,3 s'],
  [9949, '9.9s', '9,9 s'],
  [9950, '10s', '10 s'],
  [59_400, '59s', '59 s'],
  [59_500, '1m', '1 min'],
  [125_000, '2m 5s', '2 min 5 s'],
  [3_599_400, '59m 59s', '59 min 59 s'],
  [3_599_600, '1h', '1 h'],
  [7_529_000, '2h 5m', '2 h 5 min'],
  [93_780_000, '26h 3m', '26 h 3 min'],
])('a duration of %i ms is short: "%s" and "%s"', (ms, english, czech) => {
  expect(LATER_ENGLISH.durations.short(ms)).toBe(english);
  expect(plain(LATER_CZECH.durations.short(ms))).toBe(czech);
});

test.each([
  [-1, /^0 ?s(ec)?\.? ago$/, 'před 0 s'],
  [12_900, /^12 ?s(ec)?\.? ago$/, 'před 12 s'],
  [61_000, /^1 ?m(in)?\.? ago$/, 'před 1 min'],
  [2 * 3_600_000, /^2 ?hr?\.? ago$/, 'před 2 h'],
])('an event %i ms before now was "%s" and "%s"', (ms, english, czech) => {
  // The units depend on the version of ICU.
  expect(LATER_ENGLISH.durations.ago(ms)).toMatch(english);
  expect(plain(LATER_CZECH.durations.ago(ms))).toBe(czech);
});

test('an invalid time is empty', () => expect(ENGLISH.formats.timeOfDay(Number.NaN)).toBe(''));

/** The texts that are the same in both languages on purpose. */
const SAME = new Set(['json', 'link.offline', 'test']);

test('no text is left untranslated or empty', () => {
  const [english, czech] = [textsIn({ ...ENGLISH, ...LATER_ENGLISH }), textsIn({ ...CZECH, ...LATER_CZECH })];
  const same = [...english].filter(([key, text]) => czech.get(key) === text && !SAME.has(key));
  expect(same).toEqual([]);
  expect([...english, ...czech].filter(([, text]) => text.trim() === '')).toEqual([]);
});

function textsIn(object: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(object).flatMap(([key, value]): [string, string][] => {
      if (typeof value === 'string') return [[prefix + key, value]];
      return typeof value === 'object' && key !== 'formats'
        ? [...textsIn(value as object, `${prefix}${key}.`)]
        : [];
    }),
  );
}

/** With plain spaces. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ');
}
