export const options = { assets: './signalbox/' };
