/** No address of a person: the project does not know who makes a package. `.invalid` belongs to nobody (RFC 2606). */
const DEFAULT = 'recodex-monitor contributors <maintainers@recodex-monitor.invalid>';

/**
 * The maintainer of the packages as `Name <address>`: PACKAGE_MAINTAINER, or the author of package.json when it has an
 * address.
 *
 * @throws an error when PACKAGE_MAINTAINER has another form
 */
export function maintainerOf({ author }, { PACKAGE_MAINTAINER: given }) {
  if (given && !isMaintainer(given))
    throw new Error(
      `PACKAGE_MAINTAINER must have the form "Name <address>", but is ${JSON.stringify(given)}`,
    );
  return [given, authorText(author)].find(isMaintainer) ?? DEFAULT;
}

function authorText(author) {
  return typeof author === 'object' ? `${author.name} <${author.email}>` : author;
}

function isMaintainer(text) {
  return typeof text === 'string' && /^[^<>@\n%]+ <[^<>@\s%]+@[^<>@\s%]+>$/.test(text);
}
