/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-pictures.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/base/trouble.h"
#include "app/pictures/kinds.h"
#include "app/pictures/source.h"
#include "ui/error-dialog.h"

#define NAME_CHARACTERS 16

/* One that is shown. */
typedef struct
{
  char *path;
  guint width, height;
} Picture;

struct _MonocleTalkPictures
{
  AdwBin parent_instance;

  GtkFlowBox *box;
  GPtrArray *pictures; /* of Picture */
  GCancellable *loading;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleTalkPictures, monocle_talk_pictures, ADW_TYPE_BIN)

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  g_free (picture->path);
  g_free (picture);
}

static void update (MonocleTalkPictures *self);

/* --- What is there ------------------------------------------------------------------------ */

static void
on_clicked (GtkButton *button, MonocleTalkPictures *self)
{
  g_ptr_array_remove (self->pictures, g_object_get_data (G_OBJECT (button), "picture"));
  update (self);
}

static GtkWidget *
create_chip (MonocleTalkPictures *self, Picture *picture)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *name = g_filename_display_basename (picture->path);
  g_autofree char *tooltip = g_strdup_printf (_ ("Do Not Show %s"), name);
  GtkWidget *words = gtk_label_new (name);

  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (words), NAME_CHARACTERS);
  gtk_widget_set_tooltip_text (words, name);
  gtk_widget_set_margin_start (words, 9);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  g_object_set_data (G_OBJECT (button), "picture", picture);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self, 0);
  gtk_widget_add_css_class (box, "talk-chip");
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
update (MonocleTalkPictures *self)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (self->box, 0)))
    gtk_flow_box_remove (self->box, GTK_WIDGET (child));
  for (guint i = 0; i < self->pictures->len; i++)
    {
      gtk_flow_box_insert (self->box, create_chip (self, self->pictures->pdata[i]), -1);
      /* Its button has the focus. */
      child = gtk_flow_box_get_child_at_index (self->box, (int) i);
      gtk_widget_set_focusable (GTK_WIDGET (child), FALSE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), self->pictures->len > 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
monocle_talk_pictures_list (MonocleTalkPictures *self, GArray *shown)
{
  g_return_if_fail (MONOCLE_IS_TALK_PICTURES (self));

  for (guint i = 0; i < self->pictures->len && shown->len < MONOCLE_CONVERSATION_MAX_SHOWN; i++)
    {
      const Picture *picture = self->pictures->pdata[i];
      const MonocleSaidShown one
          = { .path = picture->path, .width = picture->width, .height = picture->height };

      g_array_append_val (shown, one);
    }
}

void
monocle_talk_pictures_clear (MonocleTalkPictures *self)
{
  g_return_if_fail (MONOCLE_IS_TALK_PICTURES (self));

  g_cancellable_cancel (self->loading);
  g_object_unref (self->loading);
  self->loading = g_cancellable_new ();
  g_ptr_array_set_size (self->pictures, 0);
  update (self);
}

/* --- More of them ------------------------------------------------------------------------- */

typedef struct
{
  MonocleTalkPictures *self;
  GFile *file;
} Loading;

static void
show_error (MonocleTalkPictures *self, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  monocle_error_dialog_show (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                             MONOCLE_ATTEMPT_SHOW, error);
}

static gboolean
has_path (MonocleTalkPictures *self, const char *path)
{
  for (guint i = 0; i < self->pictures->len; i++)
    if (g_str_equal (((const Picture *) self->pictures->pdata[i])->path, path))
      return TRUE;
  return FALSE;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Loading *loading = data;
  MonocleTalkPictures *self = loading->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_path (loading->file);
  g_autoptr (MonocleImage) image = monocle_image_source_load_finish (result, NULL, NULL, &error);

  if (image && !has_path (self, path) && self->pictures->len + 1 < MONOCLE_CONVERSATION_MAX_SHOWN)
    {
      Picture *picture = g_new0 (Picture, 1);

      picture->path = g_steal_pointer (&path);
      picture->width = monocle_image_get_width (image);
      picture->height = monocle_image_get_height (image);
      g_ptr_array_add (self->pictures, picture);
      update (self);
    }
  else if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, error);
  g_object_unref (loading->file);
  g_object_unref (self);
  g_free (loading);
}

void
monocle_talk_pictures_add (MonocleTalkPictures *self, GFile *file)
{
  g_autofree char *path = NULL;
  Loading *loading;

  g_return_if_fail (MONOCLE_IS_TALK_PICTURES (self));
  g_return_if_fail (G_IS_FILE (file));

  path = g_file_get_path (file);
  if (!path)
    {
      g_autofree char *uri = g_file_get_uri (file);
      g_autoptr (GError) error
          = g_error_new (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                         _ ("%s: only files of this computer can be shown here."), uri);

      show_error (self, error);
      return;
    }
  loading = g_new (Loading, 1);
  loading->self = g_object_ref (self);
  loading->file = g_object_ref (file);
  monocle_image_source_load_async (file, 0, self->loading, on_loaded, loading);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, MonocleTalkPictures *self)
{
  g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

  for (guint i = 0; response == GTK_RESPONSE_ACCEPT && i < g_list_model_get_n_items (chosen); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (chosen, i);

      monocle_talk_pictures_add (self, file);
    }
  gtk_native_dialog_destroy (dialog);
}

void
monocle_talk_pictures_choose (MonocleTalkPictures *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog;
  g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();
  const char *const *types = monocle_picture_kinds_get_mime_types ();

  g_return_if_fail (MONOCLE_IS_TALK_PICTURES (self));

  dialog = gtk_file_chooser_native_new (_ ("Show Pictures"), GTK_WINDOW (root),
                                        GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Show"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_filter_set_name (images, _ ("Images"));
  for (guint i = 0; types[i]; i++)
    gtk_file_filter_add_mime_type (images, types[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), images);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  /* The dialog is no widget: it keeps itself until it is answered. */
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- Lifecycle ---------------------------------------------------------------------------- */

static void
monocle_talk_pictures_dispose (GObject *object)
{
  MonocleTalkPictures *self = MONOCLE_TALK_PICTURES (object);

  if (self->loading)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_talk_pictures_parent_class)->dispose (object);
}

static void
monocle_talk_pictures_class_init (MonocleTalkPicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = monocle_talk_pictures_dispose;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_talk_pictures_init (MonocleTalkPictures *self)
{
  self->pictures = g_ptr_array_new_with_free_func (picture_free);
  self->loading = g_cancellable_new ();
  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->box, 4);
  gtk_flow_box_set_column_spacing (self->box, 6);
  gtk_flow_box_set_row_spacing (self->box, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pictures That Are Shown as Well"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
