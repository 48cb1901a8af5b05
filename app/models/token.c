/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/token.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

static const SecretSchema schema = {
  .name = "org.monocle.Monocle.Token",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "host", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

gboolean
monocle_token_is_valid (const char *token)
{
  for (const char *p = token; *p; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return *token != '\0';
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (g_task_get_task_data (task))
    secret_password_store_finish (result, &error);
  else
    secret_password_clear_finish (result, &error);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
monocle_token_store_async (const char *host,
                           const char *token,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  /* Translators: %s is the name of a server; shown among the passwords of the desktop */
  g_autofree char *label = g_strdup_printf (_ ("Monocle: token for %s"), host);

  g_task_set_source_tag (task, monocle_token_store_async);
  if (token)
    {
      g_task_set_task_data (task, (gpointer) "store", NULL);
      secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token, cancellable,
                             on_stored, task, "host", host, NULL);
    }
  else
    secret_password_clear (&schema, cancellable, on_stored, task, "host", host, NULL);
}

gboolean
monocle_token_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *token = secret_password_lookup_finish (result, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, token, (GDestroyNotify) secret_password_free);
}

void
monocle_token_lookup_async (const char *host,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, monocle_token_lookup_async);
  secret_password_lookup (&schema, cancellable, on_found, task, "host", host, NULL);
}

char *
monocle_token_lookup_finish (GAsyncResult *result, GError **error)
{
  char *found = g_task_propagate_pointer (G_TASK (result), error);
  char *token = g_strdup (found);

  if (found)
    secret_password_free (found);
  return token;
}
