/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the loader share: image-loader (which picture is shown), image-loader-read (how
 * it comes in), image-loader-input (clipboard and drops), image-loader-work (what was done to the
 * folder's pictures).
 */
#pragma once

#include "ui/image-loader.h"

G_BEGIN_DECLS

struct _MonocleImageLoader
{
  GObject parent_instance;

  MonocleFolder *folder;
  MonocleFolderView *view; /* of it, as it is gone through */
  GHashTable *documents;   /* key -> MonocleDocument: those with work that are not shown */

  MonocleDocument *document; /* (nullable): shown */
  char *document_key;        /* (nullable): of a pasted one there is none */

  MonocleFolderItem *item; /* (nullable): shown, being loaded or broken */
  guint position;          /* of it, or where it was */
  gboolean item_is_gone;   /* its file was taken away; what is at its place now comes next */

  GFile *awaited;            /* (nullable): to be shown as soon as the folder has it */
  gboolean remembers;        /* what is loaded goes to the recent files */
  gboolean is_loading;       /* as it was notified last */
  GCancellable *cancellable; /* (nullable): of the load under way */

  GCancellable *ahead_cancellable; /* (nullable): of the one that is read ahead */
  char *ahead_key;
  MonocleImage *ahead_image; /* (nullable): when it is there */
  char *ahead_digest;
  MonocleStamp ahead_stamp;
  guint ahead_n_pages;

  guint update_source;       /* the list has changed: what that means is told soon */
  gboolean position_changed; /* not told yet */
  guint n_items;             /* as they were notified last */
  gboolean can_next, can_previous;
};

/* --- image-loader.c --- */

gboolean monocle_image_loader_can_next (MonocleImageLoader *self);
gboolean monocle_image_loader_can_previous (MonocleImageLoader *self);
/* Tells what has changed since the last time. */
void monocle_image_loader_update (MonocleImageLoader *self);
/* Told by monocle_image_loader_update(). */
void monocle_image_loader_set_position (MonocleImageLoader *self, guint position);
/* The same place is another one when what was there is gone. Told by monocle_image_loader_update().
 */
void monocle_image_loader_set_gone (MonocleImageLoader *self, gboolean gone);
/* Takes the place of the document that is shown. @document: (transfer full) (nullable); @key:
 * (transfer full) (nullable) */
void monocle_image_loader_show (MonocleImageLoader *self, MonocleDocument *document, char *key);
/* Of no folder. @document: (transfer full) (nullable) */
void monocle_image_loader_show_alone (MonocleImageLoader *self, MonocleDocument *document);
/* Emits `failed`; nothing else changes. */
void monocle_image_loader_refuse (MonocleImageLoader *self, const char *name, const GError *error);

/* --- image-loader-read.c --- */

void monocle_image_loader_cancel_ahead (MonocleImageLoader *self);
void monocle_image_loader_cancel_load (MonocleImageLoader *self);
/* Shows nothing, and emits `failed`. */
void monocle_image_loader_fail (MonocleImageLoader *self, const char *name, const GError *error);
/* Shows what is there; @again: even if it is shown or was read already */
void monocle_image_loader_open_at (MonocleImageLoader *self, guint position, gboolean again);

G_END_DECLS
