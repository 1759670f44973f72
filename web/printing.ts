/** Calls `listener` before the page is printed and after that. The browser prints what the listener has rendered. */
export function onPrinting(listener: (isPrinting: boolean) => void): void {
  addEventListener('beforeprint', () => listener(true));
  addEventListener('afterprint', () => listener(false));
}
