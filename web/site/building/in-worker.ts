/** Work on files in a worker, and its words; the page loads them with the first file. */
export { addModelInWorker, anchorsCsv, anchorsInWorker, buildInWorker, reportText } from 'signalbox/build';
