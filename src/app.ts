import compression from 'compression';
import express, { type Express, type Request } from 'express';
import { type Api, createApi } from './api.js';
import type { Config } from './config.js';
import { createDoorkeeper } from './doorkeeper.js';
import { verifyTask } from './features/activity/chain.js';
import { tidyTask } from './features/activity/retention.js';
import { activityRoutes } from './features/activity/routes.js';
import { docsRoutes } from './features/api/docs-routes.js';
import { apiTokenRoutes } from './features/api/routes.js';
import { bookingSettingsRoutes } from './features/appointments/booking-settings-routes.js';
import { capacityRoutes } from './features/appointments/capacity-routes.js';
import { hoursRoutes } from './features/appointments/hours-routes.js';
import { approvalRoutes } from './features/approvals/routes.js';
import { visitRoutes } from './features/approvals/visit-routes.js';
import { visitSettingsRoutes } from './features/approvals/visit-settings.js';
import { moneyRoutes } from './features/billing/money-routes.js';
import { billingRoutes } from './features/billing/routes.js';
import { Boards } from './features/board/boards.js';
import { columnRoutes } from './features/board/column-routes.js';
import { boardRoom } from './features/board/live.js';
import { boardRoutes } from './features/board/routes.js';
import { appointmentRoutes } from './features/calendar/appointment-routes.js';
import { feedRoutes, feedSettingsRoutes } from './features/calendar/feed-routes.js';
import { calendarRoom } from './features/calendar/live.js';
import { noShowTask } from './features/calendar/no-shows.js';
import { calendarRoutes } from './features/calendar/routes.js';
import { customerPageRoutes, myRoutes } from './features/customer-pages/routes.js';
import { customerRoutes } from './features/customers/routes.js';
import { evidenceRoutes } from './features/evidence/routes.js';
import { exportRoutes } from './features/exports/routes.js';
import { ownAppointmentRoutes } from './features/front-door/own-routes.js';
import { bookingRoutes } from './features/front-door/routes.js';
import { DoorThrottle } from './features/front-door/throttle.js';
import { healthPageRoutes } from './features/health/routes.js';
import { importRoutes } from './features/imports/routes.js';
import { inspectionRoutes } from './features/inspections/routes.js';
import { inspectionTemplateRoutes } from './features/inspections/template-routes.js';
import { lineRoutes } from './features/jobs/line-routes.js';
import { jobRoutes } from './features/jobs/routes.js';
import { labelRoutes } from './features/labels/routes.js';
import { letGoTask } from './features/media/letting-go.js';
import { playableTask } from './features/media/playing.js';
import { mediaRoutes } from './features/media/routes.js';
import { messageHook } from './features/messages/hook.js';
import { messagesRoom } from './features/messages/live.js';
import { messageRoutes } from './features/messages/routes.js';
import { messageSettingsRoutes } from './features/messages/settings-routes.js';
import { stopRoutes } from './features/messages/stop-routes.js';
import { MESSAGE_TASKS } from './features/messages/tasks.js';
import { wishesRoutes } from './features/messages/wishes-routes.js';
import { bellRoom } from './features/notices/live.js';
import { noticeRoutes } from './features/notices/routes.js';
import { printRoutes } from './features/printing/routes.js';
import { serviceDueRoutes } from './features/reminders/routes.js';
import { remindTask } from './features/reminders/task.js';
import { safetyRoutes } from './features/safety/routes.js';
import { searchRoutes } from './features/search/routes.js';
import { settingsRoutes } from './features/settings/routes.js';
import { setupRoutes } from './features/shops/routes.js';
import { accountRoutes } from './features/staff/account-routes.js';
import { mayNow } from './features/staff/may-now.js';
import { confirmBy } from './features/staff/own-password.js';
import { can, ROLE_NAMES, type Role } from './features/staff/permissions.js';
import { staffRoutes } from './features/staff/routes.js';
import { secondFactorRoutes } from './features/staff/second-factor-routes.js';
import { createPassport, findSession } from './features/staff/sign-in.js';
import { signInRoutes } from './features/staff/sign-in-routes.js';
import { SignInThrottle } from './features/staff/throttle.js';
import { todayRoom } from './features/today/live.js';
import { todayRoutes } from './features/today/routes.js';
import { tvRoutes } from './features/tv/routes.js';
import { tvScreenRoutes } from './features/tv/screen-routes.js';
import { tvRoom, Walls } from './features/tv/walls.js';
import { vehicleRoutes } from './features/vehicles/routes.js';
import { webhookRoutes } from './features/webhooks/routes.js';
import { HookWatch, WEBHOOK_TASKS } from './features/webhooks/tasks.js';
import { workOrderRoom } from './features/work-orders/live.js';
import { workOrderRoutes } from './features/work-orders/routes.js';
import { type Observing, openObserving } from './observing.js';
import { nightlyBackup } from './platform/backup/nightly.js';
import { BackupWatch } from './platform/backup/state.js';
import type { OpenDatabase } from './platform/database/pool.js';
import { NotFound } from './platform/errors.js';
import type { FileStore } from './platform/files/store.js';
import { sweepTask } from './platform/files/sweep.js';
import type { Task } from './platform/jobs/jobs.js';
import { Hub } from './platform/live/hub.js';
import { Listener } from './platform/live/listener.js';
import { Sockets } from './platform/live/sockets.js';
import { healthRoutes } from './platform/observe/health.js';
import type { Logger } from './platform/observe/log.js';
import { reportRoutes } from './platform/observe/reports.js';
import type { Timings } from './platform/observe/timings.js';
import { openPictures } from './platform/pictures/open.js';
import { projectPath } from './platform/project.js';
import type { Services } from './platform/services.js';
import { API_ROOT } from './platform/web/api.js';
import { loadAssets } from './platform/web/assets.js';
import { bodyDeadline } from './platform/web/deadlines.js';
import { errorHandler } from './platform/web/errors.js';
import { iconsFrom } from './platform/web/icons.js';
import { isHtmx, mount, viewerOf } from './platform/web/mount.js';
import type { Route } from './platform/web/routes.js';
import { ownNameOnly, sameOriginOnly, securityHeaders } from './platform/web/security.js';
import { openSessions } from './platform/web/sessions.js';
import type { Viewer } from './platform/web/viewer.js';
import { loadViews } from './platform/web/views.js';

export interface App {
  http: Express;
  routes: Route[];
  api: Api;
  services: Services;
  sockets: Sockets;
  listener: Listener;
  observing: Observing;
  /** What is done in the background. */
  tasks: Task[];
  /** Ends what would keep the process alive; the database is closed by whoever opened it. */
  close(): Promise<void>;
}

/** Puts the program together: every feature, in the order in which a request meets them. */
export function createApp(config: Config, url: string, database: OpenDatabase, files: FileStore, log: Logger, timings: Timings): App {
  const assets = loadAssets(projectPath('public'));
  const mostBytes = { photo: config.maxPhotoBytes, video: config.maxVideoBytes };
  const views = loadViews(projectPath('views'), { asset: assets.url, assetRevision: assets.revision, icon: iconsFrom(assets), mostBytes });
  const live = new Hub(log);
  const pictures = openPictures({ ...config, temporary: () => files.temporary(), log });
  const observing = openObserving(config, database, log, timings, () => [...live.members()].length);
  const { faults } = observing;
  const { db, pool } = database;
  const services: Services = { config, db, pool, log, faults, views, assets, live, files, pictures, leaving: { now: false } };
  const boards = new Boards(services.db, views);
  const walls = new Walls(boards, views);
  const sessions = openSessions(database.pool, config.sessionSecrets, config.publicUrl, (sid) => findSession(services.db, sid));
  const authenticator = createPassport(services.db);
  const signIns = new SignInThrottle(database.pool, config.sessionSecrets);
  const backups = nightlyBackup(url);
  const backupWatch = new BackupWatch(services.db, config.backup.at !== null);
  const confirm = confirmBy(services, signIns);

  live.register('board', boardRoom(boards));
  live.register('work-order', workOrderRoom(services));
  live.register('calendar', calendarRoom(services));
  live.register('tv', tvRoom(walls));
  live.register('messages', messagesRoom(services));
  live.register('bell', bellRoom(services));
  live.register('today', todayRoom(services));

  const routes: Route[] = [
    ...setupRoutes(services),
    ...signInRoutes(services, authenticator, signIns),
    ...accountRoutes(services, confirm),
    ...secondFactorRoutes(services, confirm),
    ...boardRoutes(services, boards),
    ...workOrderRoutes(services),
    ...jobRoutes(services),
    ...lineRoutes(services),
    ...inspectionRoutes(services),
    ...inspectionTemplateRoutes(services),
    ...billingRoutes(services),
    ...moneyRoutes(services),
    ...approvalRoutes(services),
    ...messageRoutes(services),
    ...messageSettingsRoutes(services),
    ...wishesRoutes(services),
    ...visitSettingsRoutes(services),
    ...hoursRoutes(services),
    ...bookingSettingsRoutes(services),
    ...capacityRoutes(services),
    ...calendarRoutes(services),
    ...appointmentRoutes(services),
    ...feedSettingsRoutes(services),
    ...mediaRoutes(services),
    ...safetyRoutes(services),
    ...evidenceRoutes(services),
    ...searchRoutes(services),
    ...noticeRoutes(services),
    ...todayRoutes(services),
    ...customerRoutes(services),
    ...customerPageRoutes(services),
    ...serviceDueRoutes(services),
    ...vehicleRoutes(services),
    ...printRoutes(services),
    ...columnRoutes(services),
    ...labelRoutes(services),
    ...settingsRoutes(services),
    ...importRoutes(services),
    ...exportRoutes(services),
    ...staffRoutes(services),
    ...activityRoutes(services),
    ...healthPageRoutes(services),
    ...tvRoutes(services),
    ...apiTokenRoutes(services),
    ...webhookRoutes(services),
  ];
  const api = createApi(services, boards, authenticator, signIns);
  // Screens and customers that nobody signs in: they meet no session.
  const doorThrottle = new DoorThrottle(database.pool);
  const frontDoor = [...bookingRoutes(services, doorThrottle), ...ownAppointmentRoutes(services, doorThrottle)];
  const screens = [
    ...tvScreenRoutes(services, walls),
    ...feedRoutes(services),
    ...visitRoutes(services),
    ...myRoutes(services),
    ...frontDoor,
    ...stopRoutes(services),
    ...docsRoutes(),
  ];

  const frame = (viewer: Viewer | null, flash: unknown) => ({
    viewer,
    roleName: viewer ? ROLE_NAMES[viewer.role as Role] : '',
    can: (permission: string) => (viewer ? can(viewer.role, permission) : false),
    flash: flash ?? null,
    alarm: viewer && can(viewer.role, 'data.export') ? backupWatch.notice() : null,
  });
  const showProblem = (problem: object, request: Request) =>
    views.render(isHtmx(request) ? 'errors/notice' : isCustomers(request) ? 'visit/problem' : 'errors/page', {
      ...frame(viewerOf(request), null),
      problem,
    });

  const http = express();
  http.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  http.set('trust proxy', config.trustedProxies.length > 0 ? config.trustedProxies : false);
  http.use(observing.watch);
  http.use(securityHeaders(config.publicUrl));
  http.use(healthRoutes(services));
  http.use(observing.metrics);
  http.use(ownNameOnly(config.publicUrl));
  http.use(assets.serve);
  http.use(bodyDeadline());
  // Below this, setting up the compressor costs more than the bytes do.
  http.use(compression({ threshold: '4kb' }));
  // Programs come with a token of their own, never with a cookie: nobody else can make them ask for anything.
  http.use(API_ROOT, api.router);
  http.use(messageHook(services));
  http.use(sameOriginOnly(config.publicUrl));
  http.use(express.urlencoded({ extended: false, limit: '768kb', parameterLimit: 400 }));
  http.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  const temporary = () => files.temporary();
  const options = { views, temporary, may: mayNow, frame };
  http.use(mount(screens, options));
  http.use(sessions.handler);
  http.use(authenticator.session());
  http.use(reportRoutes(faults, () => [...screens, ...routes].map((route) => route.path)));
  http.use(mount(routes, options));
  http.use((_request, _response, next) => next(new NotFound('There is no such page.')));
  http.use(errorHandler(log, faults, showProblem));

  const sockets = new Sockets(live, createDoorkeeper(services, sessions), log);
  const hooks = new HookWatch(services);
  const listener = new Listener(
    url,
    services.db,
    log,
    () => [...live.shops(), ...api.waiting.shops()],
    (shop, version) => {
      live.advance(shop, version);
      api.waiting.advance(shop, version);
      hooks.wake(shop);
    },
  );
  const close = async () => {
    backups.stop();
    api.waiting.close();
    sockets.close();
    hooks.close();
    sessions.close();
    await pictures.close();
    await listener.stop();
    await observing.close();
  };
  const tasks = [
    noShowTask,
    remindTask,
    letGoTask,
    sweepTask,
    tidyTask,
    verifyTask,
    backups.task,
    playableTask,
    ...WEBHOOK_TASKS,
    ...MESSAGE_TASKS,
    ...api.tasks,
  ];
  return { http, routes: [...screens, ...routes], api, services, sockets, listener, observing, tasks, close };
}

/** Whoever has only a customer's link is not sent to the sign-in. */
function isCustomers(request: Request): boolean {
  return /^\/(c|visit|my|book|unsubscribe)(\/|$)/.test(request.path);
}
