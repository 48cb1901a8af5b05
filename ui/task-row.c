/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/task-row.h"

struct _MonocleTaskRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *description;
  GtkImage *check;
  GtkLabel *digit;

  MonocleTaskInfo info;
  char *haystack; /* folded: what a search looks through */
};

G_DEFINE_FINAL_TYPE (MonocleTaskRow, monocle_task_row, GTK_TYPE_LIST_BOX_ROW)

static void
monocle_task_row_finalize (GObject *object)
{
  g_free (MONOCLE_TASK_ROW (object)->haystack);

  G_OBJECT_CLASS (monocle_task_row_parent_class)->finalize (object);
}

static void
monocle_task_row_class_init (MonocleTaskRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = monocle_task_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/task-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskRow, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskRow, description);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskRow, check);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskRow, digit);
}

static void
monocle_task_row_init (MonocleTaskRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_task_row_new (const MonocleTaskInfo *info)
{
  MonocleTaskRow *self = g_object_new (MONOCLE_TYPE_TASK_ROW, NULL);
  g_autofree char *all
      = g_strjoin ("\n", info->title, info->description, monocle_task_group_get_title (info->group),
                   info->task->id, NULL);

  self->info = *info;
  self->haystack = g_utf8_casefold (all, -1);
  gtk_image_set_from_icon_name (self->icon, info->icon_name);
  gtk_label_set_label (self->title, info->title);
  if (info->digit > 0)
    {
      g_autofree char *digit = g_strdup_printf ("%u", info->digit);

      gtk_label_set_label (self->digit, digit);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_KEY_SHORTCUTS,
                                      digit, -1);
    }
  monocle_task_row_set_reason (self, NULL);
  return GTK_WIDGET (self);
}

const MonocleTaskInfo *
monocle_task_row_get_info (MonocleTaskRow *self)
{
  g_return_val_if_fail (MONOCLE_IS_TASK_ROW (self), NULL);
  return &self->info;
}

void
monocle_task_row_set_reason (MonocleTaskRow *self, const char *reason)
{
  const char *description;

  g_return_if_fail (MONOCLE_IS_TASK_ROW (self));

  description = reason ? reason : self->info.description;
  gtk_widget_set_sensitive (GTK_WIDGET (self), reason == NULL);
  gtk_label_set_label (self->description, description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->info.title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

void
monocle_task_row_set_chosen (MonocleTaskRow *self, gboolean chosen)
{
  g_return_if_fail (MONOCLE_IS_TASK_ROW (self));
  gtk_widget_set_visible (GTK_WIDGET (self->check), chosen);
}

gboolean
monocle_task_row_matches (MonocleTaskRow *self, const char *const *words)
{
  g_return_val_if_fail (MONOCLE_IS_TASK_ROW (self), FALSE);

  for (guint i = 0; words[i]; i++)
    if (!strstr (self->haystack, words[i]))
      return FALSE;
  return TRUE;
}
