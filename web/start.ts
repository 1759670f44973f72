const form = document.querySelector('form')!;
const input = document.querySelector('input')!;
const problem = document.querySelector('#problem')!;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  problem.textContent = '';
  const id = input.value.trim();
  try {
    if (id !== '') location.assign(pageOf(id));
  } catch {
    problem.textContent = `No page can have the id “${id}” in its address.`;
  }
});

/**
 * The page of a job stands beside this one, whatever prefix a proxy gave them. Throws when no URL can name the id. Not
 * with the client library's `channelUrl`: a chunk that both pages share is one more request for the page of a job.
 */
function pageOf(id: string): URL {
  if (/^\.\.?$/.test(id)) throw new RangeError('A URL gives these names a meaning');
  return new URL(`channels/${encodeURIComponent(id)}`, location.href);
}
