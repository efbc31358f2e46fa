import QRCode from 'qrcode';
import { SafeHtml } from './html.js';

/** A code that opens an address on a phone, as an SVG that stands in the page: no request, and nothing that the policy refuses. */
export async function codeOf(url: string): Promise<SafeHtml> {
  return new SafeHtml(await QRCode.toString(url, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' }));
}
