import { expect, test } from 'vitest';
import { isCommon } from './common-passwords.js';
import { hashPassword, isRightPassword, NewPassword } from './passwords.js';

test.each([
  ...[
    'password123',
    'Password2026!',
    'PASSWORD!!!!',
    'passwordpassword',
    'qwertyuiop',
    '1234567890',
    '0987654321',
    'aaaaaaaaaa',
    'abababababab',
  ],
  ...['1q2w3e4r5t', 'welcome12345', 'letmein12345', 'abcdefghij', 'iloveyou2024', 'harleydavidson', 'administrator', 'serviceflow1'],
  ...['123qweasdzxc', 'q1w2e3r4t5y6', '1qaz2wsx3edc', 'qazwsxedcrfv', '1234554321', '12345678910', 'z123456789a', '111222333444'],
  ...['P4ssw0rd2026', '2026christopher!', 'footballhockey', 'L1verp00l1892', 'starwarsstarwars', 'abcdeabcde'],
])('%s is one of the first that are tried', (password) => {
  expect(isCommon(password)).toBe(true);
  expect(NewPassword.safeParse(password).success).toBe(false);
});

test.each([
  'a new long password',
  'demo-shop-floor',
  'correct horse battery staple',
  'пароль не из списка',
  '🔧🚗🔧🚗🛠️🔩 ok',
  'torque wrench 42 Nm',
  'xkcd936xkcd',
  'password of my aunt',
  'football on Tuesdays',
  'my 1st Harley, 1987',
])('%s may be chosen, whatever signs it has or has not', (password) => {
  expect(isCommon(password)).toBe(false);
  expect(NewPassword.safeParse(password).data).toBe(password);
});

test('what others know of a person is none', () => {
  expect(isCommon('Dana.Whitfield@shop.test', ['dana.whitfield@shop.test'])).toBe(true);
  expect(isCommon('dana whitfield', ['Dana Whitfield', ''])).toBe(true);
});

test('it is kept by argon2id with its own salt, and nobody has none', async () => {
  const [one, two] = [await hashPassword('a new long password'), await hashPassword('a new long password')];
  for (const hash of [one, two]) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await isRightPassword(one, 'a new long password')).toBe(true);
  expect(await isRightPassword(one, 'a new long passwore')).toBe(false);
  expect(await isRightPassword(null, 'nobody has this password')).toBe(false);
});
