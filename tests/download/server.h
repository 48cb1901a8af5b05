/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hub on this machine that does whatever it is told to: answers as the published one does, or
 * cuts connections, lies about lengths, slows down, sends other bytes. It writes to its connections
 * itself, byte by byte, as no well-behaved server could be made to do all of it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FAULT_NONE,
  FAULT_CUT,        /* hangs up in the middle */
  FAULT_RESET,      /* hangs up before it said anything */
  FAULT_LONGER,     /* promises more than there is */
  FAULT_SHORTER,    /* promises less than there is, and sends that */
  FAULT_SLOW,       /* a little at a time */
  FAULT_STALL,      /* begins, and never goes on */
  FAULT_GARBAGE,    /* does not speak HTTP */
  FAULT_WHOLE,      /* sends all of it, whatever part was asked for */
  FAULT_OTHER_PART, /* sends another part than was asked for */
  FAULT_NO_ETAG,
  FAULT_CHUNKED,      /* does not say how long it is */
  FAULT_REDIRECT,     /* the answer is at another address of this server */
  FAULT_CHANGED,      /* from now on the file is another one, and says so */
  FAULT_CORRUPT,      /* a wrong byte */
  FAULT_BLIND_CHANGE, /* sends parts of another file under the same name */
  FAULT_401,
  FAULT_403,
  FAULT_404,
  FAULT_416,
  FAULT_429,
  FAULT_500,
  FAULT_503,
  N_FAULTS,
} Fault;

typedef struct _Server Server;

/**
 * Plan:
 * @path: what is asked for
 *
 * Which fault comes next; called for one request at a time.
 */
typedef Fault (*Plan) (Server *server, const char *path, gpointer data);

/* Serves repositories that are folders in @root: "owner/name/FILE". */
Server *server_new (const char *root);
void server_free (Server *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

/* "http://127.0.0.1:PORT" */
const char *server_get_address (Server *self);
void server_set_plan (Server *self, Plan plan, gpointer data, guint32 seed);
/* Whether lists name hashes. */
void server_set_hashes (Server *self, gboolean has_hashes);
/* What has to come along, or it is a 401; and what must not at the address that is pointed at. */
void server_set_token (Server *self, const char *token);
/* Bytes a second and connection; 0: as many as can be. */
void server_set_speed (Server *self, guint bytes_per_s);

/* Since the last time that it was asked. */
guint server_take_n_requests (Server *self);
guint server_take_n_ranges (Server *self);
guint64 server_take_n_bytes (Server *self);
/* How often a token came where none should have. */
guint server_get_n_leaks (Server *self);
/* What a file of this repository has in place of its own bytes, once it changed. */
GBytes *server_make_other (GBytes *bytes);

G_END_DECLS
