/** Start of a fragment that shows a card. */
export const RESULT = '#result=';
