/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/xml.h"

#include <string.h>

#include <libxml/xmlreader.h>

#include "app/exchange/source.h"

#define MAX_DEPTH 32

struct _MonocleXml
{
  char *path;
  GBytes *bytes;
  xmlTextReader *reader;
  GPtrArray *names; /* of the elements that are open */
  GString *text;
  char *fault; /* (nullable) */
  int fault_line;
  gboolean ended; /* the last element is to be closed before the next */
  gboolean empty;
};

static void
on_error (gpointer data, xmlErrorPtr fault)
{
  MonocleXml *self = data;

  if (self->fault || fault->level < XML_ERR_ERROR)
    return;
  self->fault = g_strchomp (g_strdup (fault->message ? fault->message : "bad XML"));
  self->fault_line = fault->line;
}

static gboolean
check (const char *path, GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *what;

  if (size > G_MAXINT)
    return monocle_file_set_error (error, path, "XML of more than 2 GiB");
  /* Entities grow without end, and speak of other files; nobody's annotations have any. */
  if (memmem (data, size, "<!DOCTYPE", 9) || memmem (data, size, "<!ENTITY", 8))
    return monocle_file_set_error (error, path, "has a document type, which annotations have not");
  if (!memchr (data, '\0', size))
    return TRUE;
  what = monocle_file_recognise (data, size);
  return monocle_file_set_error (error, path, "%s%s", what ? "is " : "not UTF-8 text",
                                 what ? what : "");
}

MonocleXml *
monocle_xml_open (const char *path, GError **error)
{
  g_autoptr (MonocleXml) self = g_new0 (MonocleXml, 1);
  gsize size;
  const char *data;

  self->path = g_strdup (path);
  self->text = g_string_new (NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->bytes = monocle_file_map (path, error);
  if (!self->bytes || !check (path, self->bytes, error))
    return NULL;
  data = g_bytes_get_data (self->bytes, &size);
  self->reader
      = xmlReaderForMemory (data, (int) size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
  if (!self->reader)
    {
      monocle_file_set_error (error, path, "cannot be read as XML");
      return NULL;
    }
  xmlTextReaderSetStructuredErrorHandler (self->reader, (xmlStructuredErrorFunc) on_error, self);
  return g_steal_pointer (&self);
}

void
monocle_xml_free (MonocleXml *self)
{
  if (!self)
    return;
  if (self->reader)
    xmlFreeTextReader (self->reader);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_ptr_array_unref (self->names);
  g_string_free (self->text, TRUE);
  g_free (self->fault);
  g_free (self->path);
  g_free (self);
}

static MonocleXmlEvent
fail (const MonocleXml *self, const char *what, GError **error)
{
  monocle_file_set_error (error, self->path, "line %d: %s",
                          MAX (self->fault_line, xmlTextReaderGetParserLineNumber (self->reader)),
                          what);
  return MONOCLE_XML_FAILED;
}

static MonocleXmlEvent
start (MonocleXml *self, GError **error)
{
  g_string_truncate (self->text, 0);
  if (self->names->len >= MAX_DEPTH)
    return fail (self, "elements are nested too deeply", error);
  g_ptr_array_add (self->names, g_strdup ((const char *) xmlTextReaderConstName (self->reader)));
  self->empty = xmlTextReaderIsEmptyElement (self->reader) == 1;
  return MONOCLE_XML_START;
}

MonocleXmlEvent
monocle_xml_next (MonocleXml *self, GError **error)
{
  int more;

  if (self->ended)
    {
      g_ptr_array_set_size (self->names, (int) self->names->len - 1);
      g_string_truncate (self->text, 0);
      self->ended = FALSE;
    }
  if (self->empty)
    {
      self->empty = FALSE;
      self->ended = TRUE;
      return MONOCLE_XML_END;
    }
  while ((more = xmlTextReaderRead (self->reader)) == 1 && !self->fault)
    switch (xmlTextReaderNodeType (self->reader))
      {
      case XML_READER_TYPE_ELEMENT:
        return start (self, error);
      case XML_READER_TYPE_END_ELEMENT:
        self->ended = TRUE;
        return MONOCLE_XML_END;
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        g_string_append (self->text, (const char *) xmlTextReaderConstValue (self->reader));
        break;
      case XML_READER_TYPE_DOCUMENT_TYPE:
      case XML_READER_TYPE_ENTITY_REFERENCE:
        return fail (self, "entities are not read", error);
      default:
        break;
      }
  if (more == 0 && !self->fault)
    return MONOCLE_XML_DONE;
  return fail (self, self->fault ? self->fault : "bad XML", error);
}

const char *
monocle_xml_get_name (const MonocleXml *self)
{
  return self->names->len > 0 ? self->names->pdata[self->names->len - 1] : "";
}

const char *
monocle_xml_get_parent (const MonocleXml *self)
{
  return self->names->len > 1 ? self->names->pdata[self->names->len - 2] : NULL;
}

guint
monocle_xml_get_depth (const MonocleXml *self)
{
  return self->names->len > 0 ? self->names->len - 1 : 0;
}

char *
monocle_xml_dup_attribute (const MonocleXml *self, const char *name)
{
  xmlChar *value = xmlTextReaderGetAttribute (self->reader, (const xmlChar *) name);
  char *copy = g_strdup ((const char *) value);

  xmlFree (value);
  return copy;
}

const char *
monocle_xml_get_text (const MonocleXml *self)
{
  return self->text->str;
}

char *
monocle_xml_dup_where (const MonocleXml *self)
{
  return g_strdup_printf ("%s: line %d", self->path,
                          xmlTextReaderGetParserLineNumber (self->reader));
}

gboolean
monocle_xml_fail (const MonocleXml *self, const char *what, GError **error)
{
  g_autofree char *where = monocle_xml_dup_where (self);

  return monocle_file_set_error (error, where, "%s", what);
}

gboolean
monocle_xml_read_number (const MonocleXml *self, const char *name, double *number, GError **error)
{
  g_autofree char *value = monocle_xml_dup_attribute (self, name);
  g_autofree char *where = NULL;

  if (value && monocle_exchange_read_number (value, number))
    return TRUE;
  where = monocle_xml_dup_where (self);
  return monocle_file_set_error (error, where, "\"%s\" is no number", name);
}

void
monocle_xml_append_text (GString *xml, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '&')
        g_string_append (xml, "&amp;");
      else if (c == '<')
        g_string_append (xml, "&lt;");
      else if (c == '>')
        g_string_append (xml, "&gt;");
      else if (c == '"')
        g_string_append (xml, "&quot;");
      else if (c == '\n' || c == '\t')
        g_string_append_printf (xml, "&#%u;", c);
      else if (c < 0x20 || c == 0xfffe || c == 0xffff)
        g_string_append_c (xml, ' ');
      else
        g_string_append_unichar (xml, c);
    }
}
