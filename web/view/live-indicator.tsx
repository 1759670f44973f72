import { describeLink, type LinkStatus } from '../link-status.js';
import { texts } from '../texts.js';

/** Shows whether the page is up to date. */
export function LiveIndicator({ link, now }: { readonly link: LinkStatus; readonly now: number }) {
  const { look, label } = describeLink(link, now);
  return (
    <p class={`link ${look}`}>
      <span class="unseen">{texts.link.connection} </span>
      <span class="dot" />
      {label}
    </p>
  );
}
