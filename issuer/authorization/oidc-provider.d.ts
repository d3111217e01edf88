/**
 * The class without the package's entry file, which prints a warning about the runtime to the terminal whenever
 * `process.release.lts` is unset, as it is in the npm package `node`.
 */
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider';
}
