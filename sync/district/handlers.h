/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/* What the route table names.  See route.h for what each kind does. */

/* kiosk-routes.c */
void handle_enrol(Exchange *exchange, Archive *archive);
bool write_enrol(Archive *archive, Exchange *exchange, GError **error);
void handle_fork(Exchange *exchange, Archive *archive);
bool write_fork(Archive *archive, Exchange *exchange, GError **error);
void handle_aside(Exchange *exchange, Archive *archive);
bool write_aside(Archive *archive, Exchange *exchange, GError **error);
void handle_time(Exchange *exchange, Archive *archive);
void handle_receipt(Exchange *exchange, Archive *archive);
void handle_pack_file(Exchange *exchange, Archive *archive);

/* bundle-route.c */
void handle_bundle(Exchange *exchange, Archive *archive);

/* statement-routes.c */
bool begin_statements(Exchange *exchange);
bool begin_statement(Exchange *exchange);
bool feed_statements(Exchange *exchange, const void *bytes, size_t size);
void handle_statements(Exchange *exchange, Archive *archive);
bool write_statements(Archive *archive, Exchange *exchange, GError **error);

/* lrs-about.c, lrs-form.c, lrs-find.c */
void handle_find(Exchange *exchange, Archive *archive);
void handle_about(Exchange *exchange, Archive *archive);
void handle_agents(Exchange *exchange, Archive *archive);
void handle_activities(Exchange *exchange, Archive *archive);
void handle_preflight(Exchange *exchange, Archive *archive);
bool begin_form(Exchange *exchange);
void handle_form(Exchange *exchange, Archive *archive);

/* lrs-document.c */
void handle_get_document(Exchange *exchange, Archive *archive);
void handle_put_document(Exchange *exchange, Archive *archive);
void handle_delete_document(Exchange *exchange, Archive *archive);
bool write_put_document(Archive *archive, Exchange *exchange, GError **error);
bool write_post_document(Archive *archive, Exchange *exchange, GError **error);
bool
write_delete_document(Archive *archive, Exchange *exchange, GError **error);

/* session-routes.c */
void handle_sign_in(Exchange *exchange, Archive *archive);
bool write_sign_in(Archive *archive, Exchange *exchange, GError **error);
void handle_session(Exchange *exchange, Archive *archive);
void handle_password(Exchange *exchange, Archive *archive);
bool write_password(Archive *archive, Exchange *exchange, GError **error);
bool write_sign_out(Archive *archive, Exchange *exchange, GError **error);

/* review-routes.c */
void handle_queue(Exchange *exchange, Archive *archive);
void handle_decide(Exchange *exchange, Archive *archive);
bool write_decision(Archive *archive, Exchange *exchange, GError **error);
bool write_withdrawal(Archive *archive, Exchange *exchange, GError **error);
void handle_medium(Exchange *exchange, Archive *archive);
void handle_pack_path(Exchange *exchange, Archive *archive);

/* operation-routes.c */
void handle_health(Exchange *exchange, Archive *archive);
void handle_metrics(Exchange *exchange, Archive *archive);

/* admin-routes.c */
void handle_admin_audit(Exchange *exchange, Archive *archive);
void handle_admin_kiosks(Exchange *exchange, Archive *archive);
void handle_admin_keys(Exchange *exchange, Archive *archive);
void handle_admin_rotate(Exchange *exchange, Archive *archive);
bool write_admin_rotate(Archive *archive, Exchange *exchange, GError **error);
void handle_admin_revoke(Exchange *exchange, Archive *archive);
bool write_admin_revoke(Archive *archive, Exchange *exchange, GError **error);
void handle_admin_code(Exchange *exchange, Archive *archive);
bool write_admin_code(Archive *archive, Exchange *exchange, GError **error);

/* page-routes.c */
void handle_card(Exchange *exchange, Archive *archive);
void handle_page(Exchange *exchange, Archive *archive);
