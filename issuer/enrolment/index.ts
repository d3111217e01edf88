/**
 * Enrolment: an application for a digital ID, from a draft to a decision. Photos and fields as evidence, checks as
 * named results with versions, an outcome table as data, and one place that decides. GB 11643 and GB/T 2260 for the
 * number; a photographed card makes nobody somebody (docs/proofing.md).
 */
export type { Applicant } from './applicant-acts.ts';
export { type CheckName, checkNames } from './checks/index.ts';
export type { CounterCode } from './counter-codes.ts';
export type { DecisionRequest } from './decide.ts';
export type { EnrolmentDeps } from './deps.ts';
export { createEnrolment, type Enrolment } from './enrolment.ts';
export { type ApplyOfferDeps, applyOfferRoute } from './offer-route.ts';
export { type EnrolmentSettings, openEnrolmentSettings } from './open-settings.ts';
export { defaultOutcomeTable } from './outcome-rows.ts';
export { type OutcomeTable, parseOutcomeTable } from './outcome-table.ts';
export type {
  ApplyFlows,
  BindPerson,
  FaceAnswer,
  FaceMatcher,
  LivenessChecker,
} from './ports.ts';
export { approveReasons, askReasons, type Decision, refuseReasons } from './reasons.ts';
export { type ApplyRoutesDeps, applyRoutes } from './routes.ts';
export type { ApplicationState, CheckResult, EnrolmentTables, EvidenceKind, FaceWay } from './tables.ts';
export type { ApplicantView, ApplicationView, CheckView, ReviewView, Standing } from './views.ts';
