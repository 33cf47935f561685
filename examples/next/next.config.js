// The package reads its files from beside its scripts, which a bundle would not have.
export default { serverExternalPackages: ['signalbox'] };
