/** The page with the results of a job. @param template an http(s) URL with `{id}` in the place of the id */
export function resultsUrl(template: string | undefined, id: string): string | undefined {
  try {
    const url = new URL((template ?? '').replaceAll('{id}', () => encodeURIComponent(id)));
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
