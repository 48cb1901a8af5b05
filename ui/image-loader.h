/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How pictures come into a window: files and folders, the clipboard, what is dropped. Owns the
 * folder that is walked through and the documents of its pictures: those that were asked about stay
 * without their pixels when they are left, the others go.
 *
 * Properties, all read-only and notified: document (MonocleDocument, nullable: the one that is
 * shown), loading (boolean), position (uint, from 0: the item that is shown or being loaded; when
 * its file is gone the place where it was, which is notified as well), n-items (uint), folder
 * (GListModel of MonocleFolderItem), can-next, can-previous (boolean). Positions and numbers are
 * those of the folder as it is gone through: see monocle_image_loader_get_view().
 *
 * Signal `failed` (string name, GError): a picture cannot be shown. When it was to take the place
 * of the one that was shown, `document` is %NULL by then and `position` stays on it, so that next
 * and previous go on from there; something that was refused before it was read (an address of the
 * web, an empty clipboard) leaves the document as it is.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/document/document.h"
#include "app/document/folder-view.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_IMAGE_LOADER (monocle_image_loader_get_type ())
G_DECLARE_FINAL_TYPE (MonocleImageLoader, monocle_image_loader, MONOCLE, IMAGE_LOADER, GObject)

MonocleImageLoader *monocle_image_loader_new (void);

/* (transfer none) (nullable) */
MonocleDocument *monocle_image_loader_get_document (MonocleImageLoader *self);
gboolean monocle_image_loader_is_loading (MonocleImageLoader *self);
/* (transfer none) (element-type MonocleFolderItem): stays the same object for ever */
GListModel *monocle_image_loader_get_folder (MonocleImageLoader *self);
/* (transfer none): those of its pictures that are gone through, in their order; stays the same
 * object for ever */
MonocleFolderView *monocle_image_loader_get_view (MonocleImageLoader *self);
guint monocle_image_loader_get_position (MonocleImageLoader *self);
/* Whether the file of what is shown was taken away: what is at its position comes after it. */
gboolean monocle_image_loader_is_gone (MonocleImageLoader *self);
guint monocle_image_loader_get_n_items (MonocleImageLoader *self);

/**
 * monocle_image_loader_open_files:
 * @files: (element-type GFile): see monocle_folder_open(); the first picture is shown
 *
 * An older load is cancelled; the picture that is shown stays until the next one is there.
 */
void monocle_image_loader_open_files (MonocleImageLoader *self, GPtrArray *files);
/* An item of the folder. */
void monocle_image_loader_open_item (MonocleImageLoader *self, MonocleFolderItem *item);
/* A picture without a file; there is nothing before or after it. */
void monocle_image_loader_open_texture (MonocleImageLoader *self, GdkTexture *texture);
/* Shows a pasted picture again that was left: it cannot be found by a file. */
void monocle_image_loader_open_document (MonocleImageLoader *self, MonocleDocument *document);
/* Shows nothing. What was asked about pictures is still there when they are opened again. */
void monocle_image_loader_close (MonocleImageLoader *self);

void monocle_image_loader_next (MonocleImageLoader *self);
void monocle_image_loader_previous (MonocleImageLoader *self);
void monocle_image_loader_first (MonocleImageLoader *self);
void monocle_image_loader_last (MonocleImageLoader *self);
/* The next one that the person is not done with, from the first again after the last. Returns:
 * whether there is one */
gboolean monocle_image_loader_next_todo (MonocleImageLoader *self);

/* Whether something was asked about @item or drawn on it, today or earlier, or the person is done
 * with it. */
gboolean monocle_image_loader_has_work (MonocleImageLoader *self, MonocleFolderItem *item);
gboolean monocle_image_loader_is_done (MonocleImageLoader *self, MonocleFolderItem *item);

/* Whether something was done to a picture that could not be kept. */
gboolean monocle_image_loader_has_unkept (MonocleImageLoader *self);
/* Opens what @clipboard holds: files, a picture, or a path or URI as text. */
void monocle_image_loader_paste (MonocleImageLoader *self, GdkClipboard *clipboard);
/* Opens what is dropped on @view, which has the CSS class "drop-target" while a drop hovers. The
 * drop target goes with @view and does not keep the loader. */
void monocle_image_loader_attach_drop (MonocleImageLoader *self, GtkWidget *view);

G_END_DECLS
