/** What stands above the operations in the document; docs/api.md says more. */
export const DESCRIPTION = `
The same operations, permissions and rules as the pages of the shop.

**Tokens.** \`POST /tokens\` signs a person in and gives an access token for ten minutes, with a refresh token for the next one. For programs that run by
themselves a manager makes a named token in the settings. Either goes into \`Authorization: Bearer …\`. A token may do what the role of
its person allows, within its scopes: \`read\`, \`write\` (the day's work), \`manage\` (what only managers may change).

**Values.** Money is in whole cents, with its currency. Times are RFC 3339 with the offset of the shop. Unknown fields are refused.

**Lists** come in pages: \`after\` is the \`next\` of the page before.

**Conditions.** Every GET has an \`ETag\`. With \`If-None-Match\` it answers 304 when nothing has changed; a change with \`If-Match\` is refused with 412 when
somebody has changed the same thing since.

**Retries.** With an \`Idempotency-Key\` a change may be sent again, for two days: it happens once, and the answer is the same.

**Problems** are \`application/problem+json\` (RFC 9457); \`errors\` names the fields.

**Limits.** \`RateLimit\` says how many requests of this minute are left; after that the answer is 429 with \`Retry-After\`.
`.trim();
