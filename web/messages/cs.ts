import type { Messages } from './en.js';
import type { Formats } from './formats.js';

/** The texts of the first progress in Czech. */
export function czech(formats: Formats): Messages {
  const { number, plural } = formats;

  const tasks = (count: number): string =>
    `${number(count)} ${plural(count, { one: 'úkol', few: 'úkoly', other: 'úkolů' })}`;
  const again = 'Otevřete vyhodnocení znovu novým odkazem.';
  return {
    language: 'cs',
    formats,
    tasks,

    title: 'Průběh vyhodnocení',
    job: 'Vyhodnocení',
    progress: 'Průběh',
    attempt: (attempt) => `${number(attempt)}. pokus`,
    openResults: 'Otevřít výsledky vyhodnocení',

    states: {
      connecting: { headline: 'Připojování', detail: 'Zjišťuje se stav vyhodnocení.' },
      unreachable: {
        headline: 'Bez spojení',
        detail: 'Server se nedaří kontaktovat. Stránka to zkouší dál.',
      },
      lost: { headline: 'Spojení se přerušilo', detail: 'Do té doby nepřišla žádná zpráva.' },
      waiting: {
        headline: 'Čeká se na první zprávu',
        detail: 'O tomto vyhodnocení zatím nic nepřišlo. Stránka se aktualizuje sama.',
      },
      noInformation: {
        headline: 'O tomto vyhodnocení není nic známo',
        detail:
          'Server nemá k tomuto identifikátoru žádnou zprávu. Vyhodnocení už mohlo skončit, ještě nemuselo začít, nebo je v identifikátoru překlep. Nové zprávy se objeví zde.',
      },
      tokenMissing: {
        headline: 'Přístup odepřen',
        detail: 'Stránka byla otevřena bez přístupového tokenu. Použijte úplný odkaz na vyhodnocení.',
      },
      tokenRefused: {
        headline: 'Přístup odepřen',
        detail: `Server přístupový token této stránky nepřijal. ${again}`,
      },
      tokenExpired: {
        headline: 'Platnost přístupu vypršela',
        detail: `Přístupový token této stránky už neplatí. ${again}`,
      },
      otherJob: {
        headline: 'Přístup odepřen',
        detail: 'Přístupový token této stránky patří k jinému vyhodnocení. Otevřete ji vlastním odkazem.',
      },
      aborted: {
        headline: 'Přerušeno',
        detail: 'Tento pokus byl přerušen. Vyhodnocení se může spustit znovu.',
      },
      failed: {
        headline: 'Selhalo',
        detail: 'Vyhodnocení se nepodařilo dokončit. Nové zprávy se objeví zde.',
      },
      failedForGood: { headline: 'Selhalo', detail: 'Vyhodnocení selhalo a skončilo.' },
      noWorker: {
        headline: 'Selhalo',
        detail:
          'Vyhodnocení nikdo nepřevzal, takže se nic nespustilo. Obvykle není připojen žádný stroj, který takovou úlohu umí vyhodnotit. Obraťte se na správce; možná bude potřeba řešení odevzdat znovu.',
      },
      finished: { headline: 'Dokončeno', detail: 'Všechny ohlášené úkoly se dokončily.' },
    },
    running: 'Běží',
    finished: 'Dokončeno',
    finishedWithProblems: 'Dokončeno s problémy',
    notAvailable: 'Není dostupné',
    nothingReported: 'Nic nebylo ohlášeno',
    steps: {
      DOWNLOADED: 'Vyhodnocovací stroj si úlohu stáhl.',
      STARTED: 'Vyhodnocování probíhá.',
      ENDED: 'Vyhodnocování skončilo. Teď se odesílají výsledky.',
      UPLOADED: 'Výsledky jsou odeslané.',
    },
    reporting: 'Vyhodnocení hlásí svůj průběh.',
    lastKnownState: (headline) => `Poslední známý stav: ${headline}`,
    refused: (reason) => `Server toto vyhodnocení odmítl ukázat (${reason}).`,
    noLongerShown: (reason) => `Server toto vyhodnocení už neukazuje (${reason}).`,
    noReason: 'bez udání důvodu',
    closedIdle:
      'Dlouho nepřišla žádná zpráva, a tak server spojení uzavřel. Jak vyhodnocení skončilo, není známo.',
    closed: 'Spojení bylo uzavřeno.',
    noConnection: (lastContact) =>
      `Bez spojení.${lastContact === undefined ? '' : ` Poslední kontakt se serverem: ${lastContact}.`} Stránka nemusí být aktuální.`,

    someFailed: (failed, reported) =>
      `${plural(failed, { one: 'Selhal', few: 'Selhaly', other: 'Selhalo' })} ${number(failed)} z ${number(reported)} ${plural(reported, { one: 'úkolu', other: 'úkolů' })}.`,
    atLeastFailed: (failed) =>
      `${plural(failed, { one: 'Selhal', few: 'Selhaly', other: 'Selhalo' })} nejméně ${tasks(failed)}.`,
    someSkipped: (skipped) =>
      `${plural(skipped, { one: 'Byl přeskočen', few: 'Byly přeskočeny', other: 'Bylo přeskočeno' })} ${tasks(skipped)}.`,
    someUnknown: (unknown) =>
      `${tasks(unknown)} ${plural(unknown, { one: 'skončil', few: 'skončily', other: 'skončilo' })} s neznámým výsledkem.`,
    lastAttemptAborted: 'Poslední pokus byl přerušen.',
    otherTotal: (reported, expected) =>
      `${plural(reported, { one: 'Ohlášen', few: 'Ohlášeny', other: 'Ohlášeno' })} ${tasks(reported)}, očekáváno ${number(expected)}.`,
    noTaskReported: 'Nebyl ohlášen žádný úkol.',
    beginningMissing: 'Začátek vyhodnocení chybí, takže mohly selhat i další úkoly.',

    newLog: 'Server začal pro toto vyhodnocení nový záznam. Ten starý už stránka neukazuje.',
    partMissing: 'Část vyhodnocení chybí: server ji nedostal, nebo ji už neuchovává. Počty nejsou úplné.',

    link: {
      connection: 'Spojení:',
      live: 'Živě',
      offline: 'Offline',
      connecting: 'Připojování…',
      reconnecting: 'Obnovování spojení…',
      reconnectingIn: (seconds) => `Nové připojení za ${number(seconds)} s`,
      tryingAgainIn: (seconds) => `Další pokus za ${number(seconds)} s`,
      ended: {
        finished: 'Skončilo',
        idle: 'Uzavřeno, žádné zprávy',
        refused: 'Odmítnuto',
        closed: 'Uzavřeno',
      },
    },

    tasksOfJob: 'Úkoly tohoto vyhodnocení',
    totalUnknown: 'Celkový počet není znám',
    percent: (percent) => `${number(percent)} %`,
    percentInWords: (percent) =>
      `${number(percent)} ${plural(percent, { one: 'procento', few: 'procenta', other: 'procent' })}`,
    atLeast: (text) => `nejméně ${text}`,
    noTasks: 'žádné úkoly',
    noTasksYet: 'zatím žádné úkoly',
    tasksSoFar: (done) => `zatím ${tasks(done)}`,
    tasksOfExpected: (done, expected) => `${tasks(done)}, očekáváno ${number(expected)}`,
    tasksOfTotal: (done, total) =>
      `${number(done)} z ${number(total)} ${plural(total, { one: 'úkolu', other: 'úkolů' })}`,
    tasksByOutcome: 'Úkoly podle výsledku',
    outcomeCounts: {
      completed: (count) => plural(count, { one: 'dokončený', few: 'dokončené', other: 'dokončených' }),
      failed: (count) => plural(count, { one: 'neúspěšný', few: 'neúspěšné', other: 'neúspěšných' }),
      skipped: (count) => plural(count, { one: 'přeskočený', few: 'přeskočené', other: 'přeskočených' }),
    },

    elapsed: 'Uplynulo',
    elapsedAtLeast: 'Uplynulo nejméně',
    notLoaded: 'Seznam se nepodařilo načíst. Načtěte stránku znovu.',
    entries: {
      DOWNLOADED: 'Vyhodnocovací stroj si úlohu stáhl',
      STARTED: 'Vyhodnocování začalo',
      ENDED: 'Vyhodnocování skončilo',
      UPLOADED: 'Výsledky jsou odeslané',
      FINISHED: 'Vyhodnocení skončilo',
      FAILED: 'Vyhodnocení selhalo',
      ABORTED: 'Tento pokus byl přerušen',
    },
    otherMessage: (command) => `Zpráva „${command}“`,
    namelessTask: '(úkol beze jména)',
  };
}
