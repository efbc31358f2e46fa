import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { Forbidden } from '../errors.js';

/**
 * Response headers of every page. Nothing inline and no eval anywhere: the policy names no exception.
 * @param publicUrl https in it also promises https to browsers for a year
 */
export function securityHeaders(publicUrl: string | undefined): RequestHandler {
  const https = publicUrl?.startsWith('https:') ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // blob: is what a page has of a file before it is sent.
        imgSrc: ["'self'", 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", (request) => socketOrigin(request.headers.host, publicUrl)],
        formAction: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        // Deprecated in favor of `report-to`, which browsers do not know over plain http, and which some do not know at all.
        reportUri: ['/reports'],
      },
    },
    // `no-referrer` would make forms send "Origin: null", which the check below could not tell from an attack.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: true },
    crossOriginEmbedderPolicy: false,
  });
}

/** Safari before 15.4 does not count a socket of the same host as 'self'. */
function socketOrigin(host: string | undefined, publicUrl: string | undefined): string {
  if (publicUrl) return publicUrl.replace(/^http/, 'ws');
  return host && /^[\w.:[\]-]+$/.test(host) ? `ws://${host}` : "'self'";
}

/**
 * Refuses whoever came by a name that is not the shop's: one that somebody made point to this machine, or a header that somebody made up.
 * A name with a dot is what others can own; `localhost`, names of containers and addresses by number, as health checks use them, are none.
 * @param publicUrl without it nobody said what the shop's name is, and every name is taken
 */
export function ownNameOnly(publicUrl: string | undefined): RequestHandler {
  const own = publicUrl && new URL(publicUrl).hostname;
  return (request, response, next) => {
    const name = (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '');
    if (!own || name === own || !name.includes('.') || /^(?:[\d.]+|\[[\da-f:.]+\])$/.test(name)) return next();
    response.status(421).set('Cache-Control', 'no-store').type('text').send(`This is not the address of the shop. It is at ${publicUrl}\n`);
  };
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that another site makes a browser send (cross-site request forgery), by what browsers say of a
 * request's origin: Sec-Fetch-Site, or, over plain http in a local network where browsers send none, Origin. No
 * tokens, so that the same fragment can go to everybody.
 */
export function sameOriginOnly(publicUrl: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (SAFE.has(request.method) || isSameOrigin(request.headers, publicUrl, request.protocol)) return next();
    next(new Forbidden('That request came from another site, so nothing was changed.'));
  };
}

/**
 * @param headers of a request or of a socket's handshake
 * @param protocol `http` or `https`, as the browser sees it
 */
export function isSameOrigin(
  headers: Record<string, string | string[] | undefined>,
  publicUrl: string | undefined,
  protocol: string,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = headers.origin;
  // A program sends neither, and no cookie either: there is nobody's session to abuse.
  if (origin === undefined) return headers.cookie === undefined;
  return origin === publicUrl || origin === `${protocol}://${headers.host}`;
}
