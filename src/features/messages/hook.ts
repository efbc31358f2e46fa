import { createHmac } from 'node:crypto';
import express, { Router } from 'express';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { RequestError } from '../../platform/errors.js';
import { deriveKeys, isSame, type Secrets } from '../../platform/secrets.js';
import type { Services } from '../../platform/services.js';
import { Incoming } from './inputs.js';
import { receiveMessage } from './receiving.js';

/** Where what comes in is handed over, and what signs it: made of the server's secrets, so nothing is stored. */
export class InKeys {
  readonly #tokens: readonly [Buffer, ...Buffer[]];
  readonly #secrets: readonly [Buffer, ...Buffer[]];

  constructor(secrets: Secrets) {
    this.#tokens = deriveKeys(secrets, 'messages-in-address');
    this.#secrets = deriveKeys(secrets, 'messages-in-secret');
  }

  /** The last part of the address of a shop. */
  token(shop: number): string {
    return tokenBy(this.#tokens[0], shop);
  }

  /** `whsec_…` */
  secret(shop: number): string {
    return secretBy(this.#secrets[0], shop);
  }

  /** @returns the shop that an address belongs to */
  shopOf(token: string): number | null {
    const shop = Number(/^([1-9]\d{0,14})-/.exec(token)?.[1] ?? 0);
    return this.#tokens.some((key) => isSame(tokenBy(key, shop), token)) ? shop : null;
  }

  /** What was signed. @returns null when it was not, or not by us, or more than five minutes ago */
  verify(shop: number, body: string, headers: Record<string, string>): unknown {
    for (const key of this.#secrets) {
      try {
        return new Webhook(secretBy(key, shop)).verify(body, headers);
      } catch {
        // Another secret, or none of ours.
      }
    }
    return null;
  }
}

const tokenBy = (key: Buffer, shop: number) => `${shop}-${createHmac('sha256', key).update(String(shop)).digest('base64url').slice(0, 32)}`;
const secretBy = (key: Buffer, shop: number) => `whsec_${createHmac('sha256', key).update(String(shop)).digest('base64')}`;

const Envelope = z.object({ type: z.literal('message.received'), data: Incoming });

/** `POST /hooks/messages/<token>`: replies of customers. No browser asks it, so it meets neither sessions nor the check of origins. */
export function messageHook(services: Services): Router {
  const keys = new InKeys(services.config.sessionSecrets);
  const router = Router({ caseSensitive: true });
  router.post('/hooks/messages/:token', express.text({ type: () => true, limit: '256kb' }), async (request, response) => {
    const shop = keys.shopOf(request.params.token as string);
    if (shop === null) throw new RequestError(404, 'There is no such address.');
    const body = typeof request.body === 'string' ? request.body : '';
    const signed = keys.verify(shop, body, request.headers as Record<string, string>);
    if (signed === null) throw new RequestError(401, 'The signature does not fit.');
    const parsed = Envelope.safeParse(signed);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      response.status(422).json({ error: `${issue?.path.join('.')}: ${issue?.message}` });
      return;
    }
    const message = await receiveMessage(services.db, shop, parsed.data.data);
    response.status(200).json({ message });
  });
  return router;
}
