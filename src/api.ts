import type { Request, Router } from 'express';
import type passport from 'passport';
import { AccessTokens } from './features/api/access-tokens.js';
import { tokenOperations } from './features/api/api.js';
import { ApiThrottle, authenticate, scopeOf } from './features/api/credentials.js';
import { DESCRIPTION } from './features/api/description.js';
import { documentOperation } from './features/api/document-api.js';
import { eventOperations } from './features/api/event-api.js';
import { sweepSignInsTask } from './features/api/sign-ins.js';
import { bookingSettingsOperations } from './features/appointments/booking-settings-api.js';
import { capacityOperations } from './features/appointments/capacity-api.js';
import { hoursOperations } from './features/appointments/hours-api.js';
import { linkOperations } from './features/approvals/api.js';
import { visitSettingsOperations } from './features/approvals/visit-settings-api.js';
import { consentOperations } from './features/billing/consent-api.js';
import { invoiceOperations } from './features/billing/invoice-api.js';
import { paymentOperations } from './features/billing/payment-api.js';
import { tillOperations } from './features/billing/till-api.js';
import { boardOperations } from './features/board/api.js';
import type { Boards } from './features/board/boards.js';
import { columnOperations } from './features/board/column-api.js';
import { appointmentOperations } from './features/calendar/api.js';
import { customerPageOperations } from './features/customer-pages/api.js';
import { customerOperations } from './features/customers/api.js';
import { contactOperations } from './features/customers/contact-api.js';
import { inspectionOperations } from './features/inspections/api.js';
import { fillingOperations } from './features/inspections/filling-api.js';
import { jobOperations } from './features/jobs/api.js';
import { arrangingOperations } from './features/jobs/arranging-api.js';
import { lineOperations } from './features/jobs/line-api.js';
import { readingOperations } from './features/jobs/reading-api.js';
import { labelOperations } from './features/labels/api.js';
import { mediaOperations } from './features/media/api.js';
import { messageOperations } from './features/messages/api.js';
import { noticeOperations } from './features/notices/api.js';
import { serviceDueOperations } from './features/reminders/api.js';
import { safetyOperations } from './features/safety/api.js';
import { settingsOperations } from './features/settings/api.js';
import { sheetsOperations } from './features/settings/sheets-api.js';
import { shelvesOperations } from './features/settings/shelves-api.js';
import { staffOperations } from './features/staff/api.js';
import { mayNow } from './features/staff/may-now.js';
import type { SignInThrottle } from './features/staff/throttle.js';
import { todayOperations } from './features/today/api.js';
import { vehicleOperations } from './features/vehicles/api.js';
import { mergeOperations } from './features/vehicles/merge-api.js';
import { meterOperations } from './features/vehicles/meter-api.js';
import { webhookOperations } from './features/webhooks/api.js';
import { workOrderOperations } from './features/work-orders/api.js';
import { commentOperations } from './features/work-orders/comment-api.js';
import { RequestError } from './platform/errors.js';
import type { Task } from './platform/jobs/jobs.js';
import { WaitingRequests } from './platform/live/waiting.js';
import type { Services } from './platform/services.js';
import { VERSION } from './platform/version.js';
import type { Operation } from './platform/web/api.js';
import { describeApi } from './platform/web/api-document.js';
import { mountApi } from './platform/web/api-mount.js';
import { sweepRequestsTask } from './platform/web/api-requests.js';

export interface Api {
  operations: Operation[];
  router: Router;
  /** Who waits for something to happen. */
  waiting: WaitingRequests;
  /** What is done in the background. */
  tasks: Task[];
}

/** The table of contents of the JSON API: the operations of every feature, in the order in which the document shows them. */
export function createApi(services: Services, boards: Boards, authenticator: passport.Authenticator, signIns: SignInThrottle): Api {
  const { config, db, files } = services;
  const access = new AccessTokens(config.sessionSecrets);
  const throttle = new ApiThrottle(services.pool, config.apiRequestsPerMinute);

  const waiting = new WaitingRequests();
  const again = async (request: Request) => {
    const viewer = await authenticate(db, access, request);
    if (!viewer) throw new RequestError(401, 'The token has ended meanwhile.');
    return viewer;
  };

  const operations: Operation[] = [
    ...tokenOperations(services, authenticator, signIns, access),
    ...boardOperations(services, boards),
    ...columnOperations(services),
    ...workOrderOperations(services),
    ...readingOperations(services),
    ...jobOperations(services),
    ...lineOperations(services),
    ...arrangingOperations(services),
    ...noticeOperations(services),
    ...todayOperations(services),
    ...customerPageOperations(services),
    ...serviceDueOperations(services),
    ...customerOperations(services),
    ...contactOperations(services),
    ...vehicleOperations(services),
    ...meterOperations(services),
    ...mergeOperations(services),
    ...consentOperations(services),
    ...linkOperations(services),
    ...invoiceOperations(services),
    ...paymentOperations(services),
    ...tillOperations(services),
    ...inspectionOperations(services),
    ...fillingOperations(services),
    ...safetyOperations(services),
    ...mediaOperations(services),
    ...commentOperations(services),
    ...appointmentOperations(services),
    ...labelOperations(services),
    ...messageOperations(services),
    ...settingsOperations(services),
    ...shelvesOperations(services),
    ...sheetsOperations(services),
    ...visitSettingsOperations(services),
    ...hoursOperations(services),
    ...bookingSettingsOperations(services),
    ...capacityOperations(services),
    ...staffOperations(services),
    ...webhookOperations(services),
    ...eventOperations(services, waiting, again),
    documentOperation(() => document),
  ];

  const document = describeApi(operations, { title: 'ServiceFLOW', version: VERSION, description: DESCRIPTION, scopeOf });

  const router = mountApi(operations, {
    db,
    temporary: () => files.temporary(),
    authenticate: (request) => authenticate(db, access, request),
    count: (viewer, response) => throttle.count(viewer, response),
    may: mayNow,
    scopeOf,
  });
  return { operations, router, waiting, tasks: [sweepRequestsTask, sweepSignInsTask] };
}
