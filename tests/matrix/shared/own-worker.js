import 'signalbox/worker-entry';
