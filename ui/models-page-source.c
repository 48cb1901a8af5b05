/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is asked for models, and the token for those who want one. The token is never shown again.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/models/hub.h"
#include "app/models/token.h"
#include "ui/models-page-private.h"

/* --- The address --- */

static void
on_mirror_changed (MonocleModelsPage *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->mirror), "error");
}

static void
on_mirror_applied (MonocleModelsPage *self)
{
  g_autofree char *address = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->mirror)));

  g_strstrip (address);
  if (!*address || monocle_hub_check_address (address, NULL))
    {
      g_settings_set_string (self->settings, "mirror", address);
      return;
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->mirror), "error");
  monocle_dialogs_add_toast (GTK_WIDGET (self),
                             _ ("This is no address of a server: those are written https://…"));
}

/* --- The token --- */

static void
show_token (MonocleModelsPage *self)
{
  g_autofree char *host = g_settings_get_string (self->settings, "token-host");
  g_autofree char *title
      /* Translators: %s is the name of a server */
      = *host ? g_strdup_printf (_ ("Access _Token, There Is One for %s"), host)
              : g_strdup (_ ("Access _Token"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->token), title);
  gtk_widget_set_visible (self->forget_token, *host != '\0');
}

static void
say_no_keyring (MonocleModelsPage *self, const GError *error)
{
  g_message ("%s", error->message);
  monocle_dialogs_add_toast (
      GTK_WIDGET (self),
      _ ("There is no keyring here: the token is known until Monocle is closed."));
}

typedef struct
{
  MonocleModelsPage *page;
  char *host;
} Keeping;

static void
keeping_free (Keeping *keeping)
{
  g_object_unref (keeping->page);
  g_free (keeping->host);
  g_free (keeping);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeping, keeping_free)

static void
on_token_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keeping) keeping = data;
  MonocleModelsPage *self = keeping->page;
  g_autoptr (GError) error = NULL;
  gboolean is_kept = monocle_token_store_finish (result, &error);

  if (!self->settings) /* The page is gone. */
    return;
  if (is_kept)
    {
      g_settings_set_string (self->settings, "token-host", keeping->host);
      monocle_dialogs_add_toast (GTK_WIDGET (self), _ ("The token is in the keyring."));
    }
  else
    say_no_keyring (self, error);
}

static void
on_token_applied (MonocleModelsPage *self)
{
  g_autofree char *token = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->token)));
  g_autofree char *host = monocle_model_jobs_dup_host (self->jobs);
  Keeping *keeping;

  g_strstrip (token);
  if (!*token || !host)
    return;
  if (!monocle_token_is_valid (token))
    {
      monocle_dialogs_add_toast (GTK_WIDGET (self),
                                 _ ("This is no token: those are letters and digits."));
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (self->token), "");
  monocle_model_jobs_set_token (self->jobs, host, token);
  keeping = g_new0 (Keeping, 1);
  keeping->page = g_object_ref (self);
  keeping->host = g_strdup (host);
  monocle_token_store_async (host, token, NULL, on_token_kept, keeping);
}

static void
on_token_forgotten (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleModelsPage) self = data;
  g_autoptr (GError) error = NULL;

  if (monocle_token_store_finish (result, &error) && self->settings)
    monocle_dialogs_add_toast (GTK_WIDGET (self), _ ("The token was taken out of the keyring."));
  else if (error)
    g_message ("%s", error->message);
}

/* It is not sent any more, whatever becomes of the keyring. */
static void
on_forget_token_clicked (MonocleModelsPage *self)
{
  g_autofree char *host = g_settings_get_string (self->settings, "token-host");

  monocle_model_jobs_set_token (self->jobs, host, NULL);
  g_settings_reset (self->settings, "token-host");
  monocle_token_store_async (host, NULL, NULL, on_token_forgotten, g_object_ref (self));
}

void
monocle_models_page_class_bind_source (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_mirror_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_mirror_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_token_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_token_clicked);
}

void
monocle_models_page_init_source (MonocleModelsPage *self)
{
  g_autofree char *mirror = g_settings_get_string (self->settings, "mirror");

  gtk_editable_set_text (GTK_EDITABLE (self->mirror), mirror);
  g_signal_connect_object (self->settings, "changed::token-host", G_CALLBACK (show_token), self,
                           G_CONNECT_SWAPPED);
  show_token (self);
}
