/** A page of a list whose noun cuts it itself. @param next the key to go on behind; null at the end. Of any other: toPage(). */
export function asPage<Item>(items: Item[], next: unknown) {
  return { items, next: next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url') };
}
