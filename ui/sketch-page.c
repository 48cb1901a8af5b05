/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/sketch-page.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "ui/drawn-provider.h"
#include "ui/error-dialog.h"
#include "ui/export-settings.h"
#include "ui/spoken-names.h"
#include "ui/texture-image.h"
#include "ui/window.h"

/* Pictures are small; so large they are seen at least. */
#define SHOWN_SIDE 144

struct _MonocleSketchPage
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkEditable *words;
  GtkAdjustment *count_range, *seed_range;
  GtkWidget *work, *spinner, *stop;
  GtkLabel *doing, *problem;
  GtkWidget *details;
  GtkFlowBox *pictures;

  MonocleSketcher *sketcher;
};

G_DEFINE_FINAL_TYPE (MonocleSketchPage, monocle_sketch_page, ADW_TYPE_WINDOW)

MonocleSketcher *
monocle_sketch_page_get_sketcher (MonocleSketchPage *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCH_PAGE (self), NULL);

  return self->sketcher;
}

/* How the picture at @index came to be; the task is %NULL before the model is there. */
static MonocleDrawnFacts
find_facts (MonocleSketchPage *self, guint index)
{
  const MonocleTask *task = monocle_sketcher_get_task (self->sketcher);

  return (MonocleDrawnFacts){
    .model = monocle_sketcher_get_model_name (self->sketcher),
    .task = task ? task->id : NULL,
    .text = monocle_sketcher_get_text (self->sketcher),
    .seed = monocle_sketcher_get_seed (self->sketcher) + index,
  };
}

/* --- what is seen ------------------------------------------------------------------------- */

static guint
count_shown (MonocleSketchPage *self)
{
  guint n = 0;

  while (gtk_flow_box_get_child_at_index (self->pictures, (int) n))
    n++;
  return n;
}

/* (transfer none): what is shown at @index; the last one may not be whole */
static MonocleImage *
find_shown (MonocleSketchPage *self, guint index)
{
  GPtrArray *pictures = monocle_sketcher_get_pictures (self->sketcher);

  return index < pictures->len ? pictures->pdata[index]
                               : monocle_sketcher_get_unfinished (self->sketcher);
}

/* Those that are not whole are not taken away. */
static GdkContentProvider *
take (GtkWidget *widget, gpointer user_data)
{
  MonocleSketchPage *self = user_data;
  GtkWidget *child = gtk_widget_get_parent (widget);
  const guint index = (guint) gtk_flow_box_child_get_index (GTK_FLOW_BOX_CHILD (child));
  const MonocleDrawnFacts facts = find_facts (self, index);

  return index < monocle_sketcher_get_pictures (self->sketcher)->len && facts.task
             ? monocle_drawn_provider_new (find_shown (self, index), &facts)
             : NULL;
}

static void
add_view (MonocleSketchPage *self, guint index)
{
  GtkWidget *view = gtk_picture_new ();
  g_autofree char *name = g_strdup_printf (_ ("Picture %u: %s"), index + 1,
                                           monocle_sketcher_get_text (self->sketcher));

  gtk_widget_set_size_request (view, SHOWN_SIDE, SHOWN_SIDE);
  monocle_drawn_provider_add_source (GTK_PICTURE (view), take, self);
  gtk_flow_box_append (self->pictures, view);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (gtk_flow_box_get_child_at_index (self->pictures, (int) index)),
      GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_picture (MonocleSketchPage *self, guint index)
{
  MonocleImage *image = find_shown (self, index);
  GtkWidget *view = gtk_flow_box_child_get_child (
      gtk_flow_box_get_child_at_index (self->pictures, (int) index));
  g_autoptr (GdkTexture) texture = NULL;

  if (g_object_get_data (G_OBJECT (view), "image") == image)
    return;
  texture = monocle_texture_of_image (image);
  gtk_picture_set_paintable (GTK_PICTURE (view), GDK_PAINTABLE (texture));
  g_object_set_data_full (G_OBJECT (view), "image", monocle_image_ref (image),
                          (GDestroyNotify) monocle_image_unref);
}

static void
show_pictures (MonocleSketchPage *self)
{
  const guint wanted = monocle_sketcher_get_pictures (self->sketcher)->len
                       + (monocle_sketcher_get_unfinished (self->sketcher) ? 1 : 0);
  guint n = count_shown (self);

  for (; n > wanted; n--)
    gtk_flow_box_remove (
        self->pictures, GTK_WIDGET (gtk_flow_box_get_child_at_index (self->pictures, (int) n - 1)));
  for (; n < wanted; n++)
    add_view (self, n);
  for (guint i = 0; i < n; i++)
    show_picture (self, i);
  if (n > 0 && !gtk_flow_box_get_selected_children (self->pictures))
    gtk_flow_box_select_child (self->pictures, gtk_flow_box_get_child_at_index (self->pictures, 0));
}

/* What was asked wrongly is said as it is: it names the words. */
static void
show_problem (MonocleSketchPage *self)
{
  const GError *error = monocle_sketcher_get_error (self->sketcher);
  const gboolean is_wording
      = g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);

  gtk_widget_set_visible (GTK_WIDGET (self->problem), error != NULL);
  gtk_widget_set_visible (self->details, error && !is_wording);
  if (error && is_wording)
    gtk_label_set_label (self->problem, error->message);
  else if (error)
    {
      const MonocleTrouble trouble = monocle_trouble_describe (
          monocle_sketcher_lacks_model (self->sketcher) ? MONOCLE_ATTEMPT_LOAD
                                                        : MONOCLE_ATTEMPT_ASK,
          error);

      gtk_label_set_label (self->problem, trouble.what);
    }
}

static void
enable (MonocleSketchPage *self)
{
  const MonocleSketcherState state = monocle_sketcher_get_state (self->sketcher);
  const gboolean is_working
      = state == MONOCLE_SKETCHER_LOADING || state == MONOCLE_SKETCHER_DRAWING;
  const gboolean has_picture = monocle_sketcher_get_pictures (self->sketcher)->len > 0;
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->words)));
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "sketch.draw", *words != '\0');
  gtk_widget_action_set_enabled (widget, "sketch.stop", is_working);
  gtk_widget_action_set_enabled (widget, "sketch.copy", has_picture);
  gtk_widget_action_set_enabled (widget, "sketch.save", has_picture);
  gtk_widget_action_set_enabled (widget, "sketch.use", has_picture);
  /* A picture that is not whole stays, and would be waited for. */
  gtk_widget_set_visible (self->work, is_working || state == MONOCLE_SKETCHER_STOPPED);
  gtk_widget_set_visible (self->spinner, is_working);
  gtk_widget_set_visible (self->stop, is_working);
  gtk_label_set_label (self->doing, state == MONOCLE_SKETCHER_STOPPED   ? _ ("Stopped")
                                    : state == MONOCLE_SKETCHER_LOADING ? _ ("Loading the model…")
                                                                        : _ ("Drawing…"));
}

static void
update (MonocleSketchPage *self)
{
  show_pictures (self);
  show_problem (self);
  enable (self);
}

/* --- what is done ------------------------------------------------------------------------- */

static void
draw (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSketchPage *self = MONOCLE_SKETCH_PAGE (widget);

  monocle_sketcher_draw (self->sketcher, gtk_editable_get_text (self->words),
                         (guint) gtk_adjustment_get_value (self->count_range),
                         (guint64) gtk_adjustment_get_value (self->seed_range));
  /* What was there before is gone, whether it is loaded first or not. */
  update (self);
}

static void
stop (GtkWidget *widget, const char *action, GVariant *parameter)
{
  monocle_sketcher_stop (MONOCLE_SKETCH_PAGE (widget)->sketcher);
}

/* Others of the same words. */
static void
draw_others (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSketchPage *self = MONOCLE_SKETCH_PAGE (widget);
  const double next
      = gtk_adjustment_get_value (self->seed_range) + gtk_adjustment_get_value (self->count_range);

  gtk_adjustment_set_value (self->seed_range,
                            next > gtk_adjustment_get_upper (self->seed_range) ? 0 : next);
  gtk_widget_activate_action (widget, "sketch.draw", NULL);
}

static void
show_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSketcher *sketcher = MONOCLE_SKETCH_PAGE (widget)->sketcher;

  if (monocle_sketcher_get_error (sketcher))
    monocle_error_dialog_show (GTK_WINDOW (widget), NULL,
                               monocle_sketcher_lacks_model (sketcher) ? MONOCLE_ATTEMPT_LOAD
                                                                       : MONOCLE_ATTEMPT_ASK,
                               monocle_sketcher_get_error (sketcher));
}

/* Returns: which picture is selected */
static guint
get_selected (MonocleSketchPage *self)
{
  GList *selected = gtk_flow_box_get_selected_children (self->pictures);
  const int index = selected ? gtk_flow_box_child_get_index (selected->data) : 0;

  g_list_free (selected);
  return (guint) MAX (index, 0);
}

/* (transfer none) (nullable) */
static MonocleImage *
find_selected (MonocleSketchPage *self)
{
  GPtrArray *pictures = monocle_sketcher_get_pictures (self->sketcher);
  const guint index = get_selected (self);

  return index < pictures->len ? pictures->pdata[index] : NULL;
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSketchPage *self = MONOCLE_SKETCH_PAGE (widget);
  MonocleImage *picture = find_selected (self);
  g_autoptr (GdkTexture) texture = picture ? monocle_texture_of_image (picture) : NULL;

  if (!texture)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Picture copied")));
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  MonocleSketchPage *self = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      const MonocleExportFormat *format = monocle_export_find_format ("png");
      g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) file = monocle_export_settings_complete (chosen, &format);
      GBytes *png = g_object_get_data (G_OBJECT (dialog), "png");
      g_autoptr (GError) error = NULL;

      monocle_export_settings_remember_folder (file, FALSE);
      if (!g_file_replace_contents (file, g_bytes_get_data (png, NULL), g_bytes_get_size (png),
                                    NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error))
        monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Picture Could Not Be Saved"),
                                   MONOCLE_ATTEMPT_WRITE, error);
      else
        adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Picture saved")));
    }
  g_object_unref (dialog);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleSketchPage *self = MONOCLE_SKETCH_PAGE (widget);
  MonocleImage *picture = find_selected (self);
  const MonocleDrawnFacts facts = find_facts (self, get_selected (self));
  GBytes *png = picture && facts.task ? monocle_drawn_png_encode (picture, &facts, NULL) : NULL;
  g_autofree char *name = facts.task ? g_strconcat (facts.task, ".png", NULL) : NULL;
  GtkFileChooserNative *dialog;

  if (!png)
    return;
  dialog = gtk_file_chooser_native_new (_ ("Save Picture"), GTK_WINDOW (self),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  monocle_export_settings_apply_folder (GTK_FILE_CHOOSER (dialog));
  g_object_set_data_full (G_OBJECT (dialog), "png", png, (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* In the window that the page belongs to. */
static void
use (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleImage *picture = find_selected (MONOCLE_SKETCH_PAGE (widget));
  GtkWindow *window = gtk_window_get_transient_for (GTK_WINDOW (widget));
  g_autoptr (GdkTexture) texture = picture ? monocle_texture_of_image (picture) : NULL;

  if (!texture || !MONOCLE_IS_WINDOW (window))
    return;
  monocle_window_open_texture (MONOCLE_WINDOW (window), texture);
  gtk_window_present (window);
}

static void
on_activate (MonocleSketchPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "sketch.draw", NULL);
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_sketch_page_dispose (GObject *object)
{
  MonocleSketchPage *self = MONOCLE_SKETCH_PAGE (object);

  if (self->sketcher)
    {
      g_signal_handlers_disconnect_by_data (self->sketcher, self);
      monocle_sketcher_stop (self->sketcher);
    }
  g_clear_object (&self->sketcher);
  G_OBJECT_CLASS (monocle_sketch_page_parent_class)->dispose (object);
}

static void
monocle_sketch_page_class_init (MonocleSketchPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_sketch_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/sketch-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, words);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, count_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, seed_range);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, work);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, stop);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, doing);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, problem);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, details);
  gtk_widget_class_bind_template_child (widget_class, MonocleSketchPage, pictures);

  gtk_widget_class_bind_template_callback (widget_class, on_activate);

  gtk_widget_class_install_action (widget_class, "sketch.draw", NULL, draw);
  gtk_widget_class_install_action (widget_class, "sketch.others", NULL, draw_others);
  gtk_widget_class_install_action (widget_class, "sketch.stop", NULL, stop);
  gtk_widget_class_install_action (widget_class, "sketch.details", NULL, show_details);
  gtk_widget_class_install_action (widget_class, "sketch.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "sketch.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "sketch.use", NULL, use);
}

static void
monocle_sketch_page_init (MonocleSketchPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_sketch_page_new (GtkWindow *parent, MonocleApplication *application)
{
  MonocleSketchPage *self = g_object_new (MONOCLE_TYPE_SKETCH_PAGE, "transient-for", parent, NULL);
  GSettings *settings = monocle_application_get_settings (application);
  g_autofree char *device = g_settings_get_string (settings, "device");
  g_auto (GStrv) trusted = g_settings_get_strv (settings, "trusted-devices");

  self->sketcher = monocle_sketcher_new (NULL, device,
                                         g_strv_contains ((const char *const *) trusted, device));
  g_signal_connect_object (self->sketcher, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->words, "changed", G_CALLBACK (enable), self, G_CONNECT_SWAPPED);
  /* It is none of the application's windows. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (application));
  monocle_spoken_names_clean (GTK_WIDGET (self));
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->words));
  return GTK_WIDGET (self);
}
