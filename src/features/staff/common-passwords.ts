/** Of the lists of passwords that leaked most often, those that are long enough to be chosen here, and what people make of them. */
const COMMON = new Set(
  `password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword letmein letmein123 welcome welcome1 welcome123
  admin admin123 administrator changeme changeme123 default secret secret123 qwerty qwerty123 qwertyuiop qwertzuiop asdfghjkl
  asdfasdf zxcvbnm 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 1qaz2wsx 1qaz2wsx3edc zaq12wsx qazwsx qazwsxedc
  iloveyou iloveyou1 sunshine princess football baseball basketball superman batman trustno1 starwars whatever dragon monkey
  michael jessica charlie jordan123 liverpool manchester chelsea arsenal mustang corvette ferrari porsche mercedes toyota honda
  yamaha kawasaki harley harleydavidson computer internet samsung google facebook linkedin twitter myspace pokemon naruto minecraft
  abc123 abcd1234 a1b2c3d4 a1b2c3d4e5 abcdefghij 123abc 123qwe 123qweasd qwe123 qweasdzxc 1234qwer qwer1234 asdf1234 aa123456
  g_czechout passpass passwordpassword testtest test1234 testing123 guest123 temp1234 temporary mypassword mypassword1
  thisismypassword ihateyou fuckyou fuckyou1 workshop mechanic serviceflow`.split(/\s+/),
);
const ROWS = ['01234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm'];

/**
 * Whether a password is one of those that are tried first: a well-known one, also with digits or signs behind it or said twice, one
 * sign again and again, a row of the keyboard or of the alphabet.
 * @param own what others know of the person, such as their name and e-mail address: neither is a password
 */
export function isCommon(password: string, own: string[] = []): boolean {
  const text = password.toLowerCase();
  const core = text.replace(/[\d\W_]+$/, '');
  if (COMMON.has(text) || COMMON.has(core)) return true;
  const half = text.slice(0, text.length / 2);
  if (new Set(text).size <= 2 || text === half + half) return COMMON.has(half) || isRow(half) || new Set(text).size <= 2;
  return isRow(text) || own.some((known) => known !== '' && text === known.toLowerCase());
}

function isRow(text: string): boolean {
  const backwards = [...text].reverse().join('');
  return ROWS.some((row) => row.includes(text) || row.includes(backwards));
}
