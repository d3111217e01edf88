/** Receiving and judging presentations: OpenID4VP 1.0 8, RFC 9901 7.3, SD-JWT VC, VCDM 1.1 as JWT, Token Status List. */
export type { ReceiveDeps } from './receive-response.ts';
export { presentationRoutes, responseRoute } from './routes.ts';
export type { VerifyPorts } from './verify-presentation.ts';
