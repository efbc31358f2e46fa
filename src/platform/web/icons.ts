import type { Assets } from './assets.js';
import { SafeHtml } from './html.js';

/** @returns the helper that views call: an icon of public/icons/icons.svg, hidden from screen readers (words say it) */
export function iconsFrom(assets: Assets): (name: string) => SafeHtml {
  const kept = new Map<string, SafeHtml>();
  return (name) => {
    let html = kept.get(name);
    if (!html) {
      html = new SafeHtml(`<svg class="icon" aria-hidden="true"><use href="${assets.url('icons.svg')}#${name}"></use></svg>`);
      kept.set(name, html);
    }
    return html;
  };
}
