/** The walls between rooms (house rule 2: a room has one door). Each rule is a sentence about who may know whom. */
const service = '^(issuer|verifier|wallet)/';

export default {
  forbidden: [
    {
      name: 'shared-knows-nobody',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: `${service}|^main\\.ts$|^test/` },
    },
    {
      name: 'services-are-strangers',
      severity: 'error',
      from: { path: '^(issuer|verifier|wallet)/' },
      to: { path: '^(issuer|verifier|wallet)/', pathNot: '^$1/' },
    },
    {
      name: 'shared-runs-in-a-browser',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/server/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-does-not-enter-the-server-room',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/server/' },
      to: { path: '^shared/server/' },
    },
    {
      name: 'wallet-page-is-not-a-server',
      severity: 'error',
      from: { path: '^wallet/', pathNot: '^wallet/(main|server|config|vite\\.config)\\.ts$' },
      to: { path: '^shared/server/' },
    },
    {
      name: 'wallet-core-has-no-skin',
      severity: 'error',
      from: { path: '^wallet/core/' },
      to: { path: '^wallet/ui/|node_modules/(preact|@preact)/' },
    },
    {
      name: 'wallet-vault-has-no-skin',
      severity: 'error',
      from: { path: '^wallet/vault/' },
      to: { path: '^wallet/(ui|core)/|node_modules/(preact|@preact)/' },
    },
    {
      name: 'a-shared-room-has-one-door',
      severity: 'error',
      from: { path: '^(shared/([^/]+)/|issuer/|verifier/|wallet/|main)' },
      to: { path: '^shared/([^/]+)/(?!index\\.ts$)', pathNot: ['^shared/server/', '^shared/look/', '^shared/$2/'] },
    },
    {
      name: 'an-issuer-room-has-one-door',
      severity: 'error',
      from: { path: '^issuer/([^/]+)/', pathNot: '^issuer/migrations/' },
      to: { path: '^issuer/[^/]+/(?!index\\.ts$)', pathNot: '^issuer/$1/' },
    },
    {
      name: 'a-verifier-room-has-one-door',
      severity: 'error',
      from: { path: '^verifier/([^/]+)/', pathNot: '^verifier/migrations/' },
      to: { path: '^verifier/[^/]+/(?!index\\.ts$)', pathNot: '^verifier/$1/' },
    },
    {
      name: 'formats-are-blind-to-each-other',
      severity: 'error',
      from: { path: '^shared/(sd-jwt|vc-jwt|mdoc|status-list)/' },
      to: { path: '^shared/(sd-jwt|vc-jwt|mdoc)/', pathNot: '^shared/$1/' },
    },
    {
      name: 'formats-do-not-know-protocols',
      severity: 'error',
      from: { path: '^shared/(encoding|keys|jwt|did|sd-jwt|vc-jwt|mdoc|trust)/' },
      to: { path: '^shared/(oid4vci|oid4vp)/' },
    },
    {
      name: 'jose-only-in-jwt-and-keys',
      severity: 'error',
      from: { path: '^(shared|issuer|verifier|wallet|main)', pathNot: '^shared/(jwt|keys)/' },
      to: { path: 'node_modules/jose/' },
    },
    {
      name: 'did-jwt-only-in-vc-jwt',
      severity: 'error',
      from: { path: '^(shared|issuer|verifier|wallet|main)', pathNot: '^shared/(vc-jwt|did)/' },
      to: { path: 'node_modules/(did-jwt|did-jwt-vc)/' },
    },
    {
      name: 'express-only-at-the-http-edge',
      severity: 'error',
      from: { path: '^(shared|issuer|verifier|wallet|main)', pathNot: '^shared/server/' },
      to: { path: 'node_modules/(express|@types/express)/' },
    },
    {
      name: 'sql-only-in-stores',
      severity: 'error',
      from: { path: '^(issuer|verifier)/', pathNot: '(store|tables|/migrations/)' },
      to: { path: 'node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { pathNot: '^test/|\\.test\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(data|dist)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
