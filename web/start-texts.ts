/** The texts of the start page, which `start.html` has in English. */
const CZECH = {
  title: 'Sledovat vyhodnocení',
  hint: 'Zadejte identifikátor vyhodnocení, jehož průběh chcete sledovat.',
  label: 'Identifikátor vyhodnocení',
  button: 'Sledovat',
  notices: new Map([
    ['This address has no valid job id.', 'V adrese není platný identifikátor vyhodnocení.'],
    ['There is nothing at this address.', 'Na této adrese nic není.'],
  ]),
};

/** Shows the start page in Czech to those who prefer it to English. */
export function translateStartPage(preferred: readonly string[]): void {
  const first = preferred
    .map((tag) => tag.toLowerCase().slice(0, 2))
    .find((name) => /^(en|cs|sk)$/.test(name));
  if (first === undefined || first === 'en') return;
  document.documentElement.lang = 'cs';
  document.title = CZECH.title;
  const texts = { h1: CZECH.title, '#hint': CZECH.hint, label: CZECH.label, button: CZECH.button };
  for (const [selector, text] of Object.entries(texts)) document.querySelector(selector)!.textContent = text;
  const notice = document.querySelector('#problem')!;
  notice.textContent = CZECH.notices.get(notice.textContent ?? '') ?? notice.textContent;
}

/** Says that no address can contain the id, in the language of the page. */
export function unusableId(id: string): string {
  return document.documentElement.lang === 'cs'
    ? `Identifikátor „${id}“ nemůže být součástí adresy.`
    : `The id “${id}” can’t be part of an address.`;
}
