import type { Messages } from './en.js';
import type { Durations } from './durations.js';
import type { LaterMessages } from './later-en.js';

/** The texts of the parts that the page loads later, in Czech. */
export function laterCzech(
  { tasks, formats: { number, plural } }: Messages,
  durations: Durations,
): LaterMessages {
  const { short, minutes, hours } = durations;
  return {
    durations,
    outcomes: { completed: 'dokončen', failed: 'selhal', skipped: 'přeskočen', unknown: 'neznámý výsledek' },
    lastTask: (ago) => `Poslední úkol ${ago}`,
    timeLeft: 'Zbývá',
    fewSeconds: 'několik sekund',
    underAMinute: 'méně než minuta',
    aboutMinutes: (value) => `asi ${minutes(value)}`,
    aboutHours: (value) => `asi ${hours(value)}`,
    howEstimated: 'Jak vzniká tento odhad',
    estimate: (pace, left) =>
      `Jeden úkol zatím trval průměrně ${short(pace)} a ${plural(left, { one: 'zbývá', few: 'zbývají', other: 'zbývá' })} ${tasks(left)}. Úkoly se liší, takže jde jen o hrubý odhad.`,

    timeline: 'Úkoly',
    timelineRows: 'Úkoly a kroky od nejnovějších',
    show: 'Zobrazit',
    filters: { all: 'Vše', failed: 'Neúspěšné', skipped: 'Přeskočené' },
    failuresFirst: 'Neúspěšné nahoře',
    groupByTest: 'Podle testů',
    search: 'Hledat úkol',
    empty: { all: 'Zatím žádné zprávy.', failed: 'Nic neselhalo.', skipped: 'Nic se nepřeskočilo.' },
    noMessages: 'Žádné zprávy.',
    nothingFound: 'Hledání neodpovídá žádný úkol.',
    newest: 'Nejnovější',
    moreRows: (count) => `Dřívější řádky se netisknou (${number(count)}).`,
    test: (name) => `Test ${name}`,
    taskWords: { compilation: 'překlad', run: 'spuštění', judge: 'porovnání výstupu' },

    actions: 'Akce',
    copyLink: 'Kopírovat odkaz',
    copied: 'Zkopírováno',
    notCopied: 'Nepodařilo se',
    json: 'JSON',
    jsonTitle: 'Souhrn tohoto vyhodnocení jako JSON',
    notify: 'Upozornit mě',
    notifyTitle: 'Až vyhodnocení skončí a tato karta bude na pozadí, zobrazí se upozornění',
    notifyOn: 'Upozorním',
    notifyDenied: 'Upozornění jsou zakázaná',
    jobNotification: (headline, id) => `${headline}: ${id}`,
  };
}
