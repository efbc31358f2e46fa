/** The program can't start (or a script can't run). The message is one sentence for the person at the terminal. */
export class StartError extends Error {}
