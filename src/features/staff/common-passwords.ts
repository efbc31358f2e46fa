/**
 * What people make passwords of, as the lists of those that leaked most often show it again and again: alone, with digits or signs around
 * it, with digits in the place of letters, twice, or two of them together. Words of at least four letters.
 */
const WORDS = new Set(
  `password passw0rd passwort contrasena motdepasse parola letmein letmeinnow welcome admin administrator adminadmin changeme default secret
  security access login guest test testing temp temporary user username master root server system database internet computer laptop
  keyboard monitor printer network website online email phone telephone mobile samsung google facebook linkedin twitter myspace youtube
  microsoft windows linux ubuntu apple iphone android macintosh nokia motorola blackberry toshiba panasonic logitech siemens philips
  iloveyou iloveme ilovehim iloveher ilovegod imissyou loveme lover lovers love loves loving forever always friend friends friendship
  bestfriend boyfriend girlfriend sweetheart sweetie darling honey honeybunny beautiful gorgeous handsome princess prince queen king angel
  angels babygirl babyboy baby sunshine moonlight starlight rainbow butterfly flower flowers rosebud sunflower strawberry chocolate
  cinnamon vanilla cookie cookies cupcake pumpkin banana watermelon pineapple blueberry raspberry cheesecake buttercup snickers skittles
  football baseball basketball volleyball softball soccer hockey tennis golf golfer swimming swimmer running racing wrestling wrestler
  skateboard snowboard snowboarding lacrosse cheerleader cheerleading gymnastics badminton cricket rugby karate champion champions
  arsenal chelsea liverpool manchester manutd manchesterunited mancity tottenham everton newcastle sunderland westham celtic rangers
  barcelona realmadrid juventus intermilan bayern bayernmunich dortmund galatasaray fenerbahce besiktas benfica cowboys
  dallascowboys steelers patriots packers redskins raiders broncos dolphins giants yankees redsox cubs chicagobulls lakers celtics
  superman batman spiderman wolverine ironman hulk captain captainamerica catwoman supergirl superstar superhero superuser wonderwoman
  starwars startrek skywalker lukeskywalker darthvader enterprise voyager millennium falcon matrix terminator predator gladiator
  transformers godzilla jurassic highlander braveheart scarface godfather goldfinger jamesbond harrypotter hogwarts gandalf frodo
  lordoftherings thehobbit pokemon pikachu charizard naruto sasuke onepiece dragonball dragonballz digimon yugioh minecraft roblox
  fortnite warcraft worldofwarcraft starcraft counterstrike counter halflife callofduty playstation nintendo gamecube xbox zelda mario
  supermario sonic metallica megadeth slipknot nirvana greenday linkinpark evanescence rammstein slayer ironmaiden blacksabbath
  ledzeppelin pinkfloyd rollingstones beatles eminem tupac snoopdogg fiftycent shakira beyonce rihanna britney madonna michaeljackson
  hannahmontana jonasbrothers onedirection justinbieber ladygaga whatever nothing something everything anything anyone someone nobody
  dragon dragons monkey tiger tigers lion panther leopard cheetah eagle eagles hawk phoenix unicorn wolf wolves wolfpack bear bears
  grizzly elephant giraffe penguin dolphin shark sharks scorpion spider snake cobra python viper raptor dinosaur kitten kitty
  hellokitty puppy doggy bulldog rottweiler doberman labrador goldenretriever shadow shadows ghost ghostrider phantom vampire werewolf
  zombie monster demon devil satan lucifer hell heaven jesus jesuschrist christ christian godisgood godbless blessed blessing faith
  hope grace trinity michael gabriel jessica jennifer ashley amanda samantha stephanie elizabeth victoria alexandra alexander
  alexandre alexandria christina christine christopher cristina kristina nicole michelle danielle daniel andrew anthony antonio
  francisco fernando alejandro alejandra roberto ricardo eduardo guillermo sebastian santiago valentina valentine gabriela carolina
  margarita esmeralda esperanza guadalupe bernardo leonardo giovanni francesco francesca alessandro alessandra giuseppe federico
  matthew joshua jonathan jonathon nathaniel nicholas benjamin william robert richard charles charlie thomas george joseph patrick
  kenneth katherine catherine kathleen katrina margaret marguerite rebecca rachel sarah hannah heather melissa melanie vanessa
  veronica angelica angelina angelique natalie nathalie natasha nadezhda anastasia aleksandr aleksandra ekaterina tatiana svetlana
  vladimir konstantin maximilian maximus dominique dominic frederic frederick friedrich ferdinand bernadette jacqueline josephine
  jordan justin brandon tyler austin dakota cameron mackenzie madison savannah cheyenne brooklyn chelsea america american americano
  california florida colorado michigan minnesota wisconsin washington louisiana tennessee pennsylvania massachusetts connecticut
  philadelphia pittsburgh cincinnati cleveland chicago boston houston dallas denver seattle portland sanfrancisco losangeles
  sandiego lasvegas newyork newyorkcity hollywood london england scotland ireland germany deutschland france paris italy italia
  espana spain portugal brazil brasil argentina mexico canada australia melbourne newzealand netherlands nederland amsterdam rotterdam
  switzerland sweden stockholm denmark copenhagen norway russia moscow ukraine poland turkey istanbul india pakistan indonesia
  jakarta singapore malaysia philippines thailand vietnam japan tokyo hongkong southafrica nigeria january february march april june
  july august september october november december monday tuesday wednesday thursday friday saturday sunday summer winter spring
  autumn summertime christmas halloween birthday holiday holidays vacation freedom liberty independence revolution
  motorcycle harley harleydavidson davidson kawasaki yamaha suzuki ducati honda toyota mazda nissan mitsubishi subaru hyundai porsche
  ferrari lamborghini maserati bugatti mercedes mercedesbenz volkswagen audi volvo renault peugeot citroen opel skoda chevrolet chevy
  corvette camaro mustang fordmustang cadillac chrysler dodge challenger charger pontiac firebird transam thunderbird thunder
  lightning hurricane tornado caterpillar peterbilt kenworth freightliner johndeere mechanic mechanics workshop garage serviceflow
  engineer engineering firefighter fireman police soldier marines marinecorps airborne commando sniper warrior warriors samurai
  ninja assassin pirate pirates gangster killer hunter hunting fishing fisherman trucker cowboy cowgirl rockstar rocknroll musician
  guitar guitarist drummer trumpet saxophone trombone clarinet photography photographer blackbird blackcat blackhawk
  blackjack blackwhite bluebird bluemoon goldfish redwood redhead greenland whiteboy whitetiger firefly fireball fire water earth
  diamond diamonds emerald sapphire platinum crystal silver golden goldengate treasure champagne budweiser heineken guinness
  jackdaniels corona marlboro marijuana cannabis bobmarley rastafari trustno trustnoone nopassword mypassword thisismypassword
  yourpassword newpassword passpass password passpassword myspace qwerty qwertz azerty asdf zxcv asdfasdf dontknow dontforget forgotten
  remember rememberme whocares whatthe whatthehell justdoit livelife lifeisgood lifestyle happiness happyday goodluck goodday
  godfather grandma grandpa mommy daddy mother father sister brother family children fuckyou fuckoff fuckme asshole
  bullshit sexy sexygirl playboy hardcore buttercup cocacola pepsicola mcdonalds
  starbucks disney disneyland mickeymouse donaldduck winniethepooh tinkerbell cinderella snowwhite pocahontas spongebob
  simpsons homersimpson southpark familyguy scoobydoo garfield snoopy chewbacca universe galaxy astronaut discovery
  infinity international information technology management business marketing accounting hospital university college highschool
  student teacher professor letmepass opensesame abracadabra supercalifragilisticexpialidocious`.split(/\s+/),
);
const KEYS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'];
const ROWS = [
  ...KEYS,
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  // Down the keyboard, beside each other: 1qaz 2wsx; and every second one: 1q2w3e.
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j',
  'a1b2c3d4e5f6g7h8i9j0',
  '1029384756',
  '11223344556677889900',
  'aabbccddeeffgghhiijj',
  '3141592653589793',
  '4815162342',
  '1123581321345589',
];
const LOOKS_LIKE: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };

/**
 * Whether a password is one of those that are tried first: well-known words, also with digits or signs around them, written with digits,
 * said twice or two together; one sign again and again; rows of the keyboard, of the alphabet and of numbers, also several with hardly
 * anything beside them.
 * @param own what others know of the person, such as their name and e-mail address: neither is a password
 */
export function isCommon(password: string, own: string[] = []): boolean {
  const text = password.toLowerCase();
  if (new Set(text).size <= 2 || own.some((known) => known !== '' && text === known.toLowerCase())) return true;
  const half = text.slice(0, text.length / 2);
  if (text === half + half && (isWords(half) || half.length <= 5)) return true;
  return isWords(text) || withoutRows(text).length <= 2;
}

/** Whether it is a well-known word or two of them, whatever digits and signs are around. */
function isWords(text: string): boolean {
  const plain = [...text].map((sign) => LOOKS_LIKE[sign] ?? sign).join('');
  const bare = (some: string) => some.replace(/^[\d\W_]+|[\d\W_]+$/g, '');
  return [text, bare(text), plain, bare(plain), [...bare(text)].map((sign) => LOOKS_LIKE[sign] ?? sign).join('')].some(isKnown);
}

function isKnown(text: string): boolean {
  if (WORDS.has(text)) return true;
  for (let at = 4; at <= text.length - 4; at++) if (WORDS.has(text.slice(0, at)) && WORDS.has(text.slice(at))) return true;
  return false;
}

/** What is left of a text without the pieces of rows in it, of at least three signs each, forwards or backwards, and without repetitions. */
function withoutRows(text: string): string {
  let left = '';
  for (let at = 0; at < text.length; ) {
    let end = at + 3;
    while (end <= text.length && isRow(text.slice(at, end))) end++;
    if (end > at + 3) at = end - 1;
    else left += text[at++];
  }
  return left;
}

function isRow(text: string): boolean {
  const backwards = [...text].reverse().join('');
  return new Set(text).size === 1 || ROWS.some((row) => row.includes(text) || row.includes(backwards));
}
