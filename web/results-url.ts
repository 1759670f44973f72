/** The URL of the job's results. @param template an http(s) URL in which `{id}` stands for the id */
export function resultsUrl(template: string | undefined, id: string): string | undefined {
  try {
    const url = new URL((template ?? '').replaceAll('{id}', () => encodeURIComponent(id)));
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
