/**
 * The operator's page: {@link riada.dashboard.Feed} reads the output topics, {@link
 * riada.dashboard.LiveState} holds what is shown, {@link riada.dashboard.DashboardVerticle} serves
 * it and pushes every change over one stream.
 */
package riada.dashboard;
