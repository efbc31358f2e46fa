import type { Place, Ready } from './ready.js';
import { readyAppointments, readyMessages } from './ready-appointments.js';
import { readyFiles, readyPeople, readySettings, readyVisit } from './ready-others.js';
import { readyBoard, readyInspections, readyMoney, readySafety } from './ready-work.js';

/** Things in the states that writes need: an invoice to post, a card to bring back. @returns what to ask, by route */
export async function makeReady(place: Place): Promise<Record<string, Ready>> {
  return {
    ...(await readyBoard(place)),
    ...(await readyMoney(place)),
    ...(await readyInspections(place)),
    ...(await readySafety(place)),
    ...(await readyVisit(place)),
    ...(await readySettings(place)),
    ...(await readyFiles(place)),
    ...(await readyPeople(place)),
    ...(await readyAppointments(place)),
    ...(await readyMessages(place)),
  };
}
