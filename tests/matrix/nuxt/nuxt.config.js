export default { compatibilityDate: '2026-11-01', app: { head: { link: [{ rel: 'icon', href: 'data:,' }] } } };
