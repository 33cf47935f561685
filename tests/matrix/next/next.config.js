export default { serverExternalPackages: ['signalbox'] };
