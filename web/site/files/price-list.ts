/** The reader of price lists, which the page loads with the first list. */
export { readPriceList } from 'signalbox/build';
