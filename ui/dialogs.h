/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dialogs that float in their window where libadwaita has them (1.5), and the windows that it had
 * for the same before. Nothing else asks for the version, but the parent types of the preferences
 * and of the models page.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_HAS_ADW_DIALOG ADW_CHECK_VERSION (1, 5, 0)

/* monocle_dialogs_show_about (PARENT, PROPERTY, VALUE, ..., NULL); PARENT may be %NULL */
#if MONOCLE_HAS_ADW_DIALOG
#define monocle_dialogs_show_about(parent, ...)                                                    \
  adw_show_about_dialog ((GtkWidget *) (parent), __VA_ARGS__)
#else
#define monocle_dialogs_show_about(parent, ...) adw_show_about_window (parent, __VA_ARGS__)
#endif

/**
 * monocle_dialogs_new_alert:
 * @heading: what happened
 * @body: (nullable): more about it
 * @extra_child: (nullable) (transfer floating): goes below @body
 *
 * It emits `response (dialog, id)`, and closes itself then.
 *
 * Returns: (transfer floating): a dialog for monocle_dialogs_present()
 */
GtkWidget *
monocle_dialogs_new_alert (const char *heading, const char *body, GtkWidget *extra_child);

/**
 * monocle_dialogs_add_response:
 * @alert: made by monocle_dialogs_new_alert()
 * @id: what is emitted
 * @label: the button, with its mnemonic
 * @is_default: Return and Escape choose it
 */
void monocle_dialogs_add_response (GtkWidget *alert,
                                   const char *id,
                                   const char *label,
                                   gboolean is_default);

/* The button takes something away. */
void monocle_dialogs_mark_destructive (GtkWidget *alert, const char *id);

/**
 * monocle_dialogs_present:
 * @dialog: an alert, the preferences or the models page
 * @parent: (nullable): what it lies on
 */
void monocle_dialogs_present (GtkWidget *dialog, GtkWindow *parent);

/**
 * monocle_dialogs_add_toast:
 * @preferences: the preferences or the models page
 * @title: said at their bottom, without markup
 */
void monocle_dialogs_add_toast (GtkWidget *preferences, const char *title);

/**
 * monocle_dialogs_set_size:
 * @preferences: the preferences
 * @width: where there is room
 * @height: where there is room
 */
void monocle_dialogs_set_size (GtkWidget *preferences, int width, int height);

G_END_DECLS
