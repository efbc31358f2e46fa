/** What people write on a work order whatever is wrong with the vehicle. */
export const EXTRAS = [
  'Also please check the wipers.',
  'Please call before you do anything over $300.',
  'Needs to be back before school is out.',
  'Spare key is with Marcus.',
  'Do not adjust the seat, please.',
  'There is a dog blanket in the back, leave it.',
  'Wheel lock key is in the glove box.',
  'Text me, I cannot take calls at work.',
  'And the radio presets are gone every time, please not this time.',
  'I have a coupon somewhere.',
  'Tank is nearly empty, sorry.',
  'If it is more than it is worth, tell me straight.',
];

/** While the customer has not answered. */
export const UNANSWERED = [
  'Called, left a message.',
  'Called. She wants to talk to her brother first and calls back before noon.',
  'Texted the estimate with photos, read but no answer yet.',
  'Spoke with the office, PO number comes by e-mail.',
  'Insurance asks for photos of the odometer and the VIN. Sent.',
];

/** When the customer has answered. */
export const ANSWERS = [
  'Called back: go ahead, but he wants the old parts.',
  'He asks whether he can wait. Told him two hours, he took the shuttle.',
  'Above this sum call again.',
  'Go ahead, as long as it is done today.',
  'Insurance has the photos of the odometer and the VIN.',
];

export const PARTS_NEWS = [
  'Ordered. ETA tomorrow before 10.',
  'Parts are here, on the shelf by bay 2.',
  'Warehouse sent the wrong one. Right one comes on the afternoon run.',
  'Back-ordered, asked two others. Cheaper one has it in stock, same maker.',
  'Half of it came. The rest is on the truck.',
  'Core must go back with the old bracket on it, do not throw it out.',
  'Box was open and the gasket is missing. Called, they bring one.',
];

export const CHECKS = [
  'Torqued and marked. Second look by Dale.',
  'Test drive 8 miles, nothing.',
  'Wheels torqued, caps on, tire pressures set.',
  'No codes, no leaks, washed.',
  'Checked it over once more after it cooled down, dry.',
  'Took the cover off the seat and the paper out. Keys on hook 14.',
];

export const PICKUPS = [
  'Customer knows, comes after work.',
  'Keys in the night box, paid by card over the phone.',
  'Called: comes tomorrow morning.',
  'Told him it is done. He says his son picks it up, name is the same.',
  'Second call that it is ready. No answer, left a message.',
];

export const AFTERWARDS = [
  'Called two days later: all good.',
  'Customer called to say thanks. That was a first.',
  'Asked for a copy of the invoice, sent.',
];

export const TOOL_NOTES = [
  'Alignment rack is taken until noon',
  'Two-post with the long arms',
  'Pressure tester is with the bus',
  'Spring compressor is out on loan',
];
export const SUBLET_NOTES = [
  'Head is at the machine shop',
  'Driveshaft is at Rockford Balancing',
  'Glass comes to us in the afternoon',
  'Radiator is being recored in Loves Park',
];
export const APPROVAL_NOTES = [
  'Wants to talk to her brother first',
  'Office sends the PO number',
  'Adjuster looks at it this afternoon',
  'Estimate texted, no answer yet',
  'Left two messages',
];
export const OTHER_NOTES = [
  'Customer took the keys home with him',
  'No gas left in it for the test drive',
  'No title yet, bought at auction',
];
export const REOPENED = ['Test drive: still pulls to the left', 'Customer says the light came back on the way out'];
