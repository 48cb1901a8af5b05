# SPDX-License-Identifier: GPL-3.0-or-later
"""A small model of pictures from words: scenes, tokens, networks, learning."""
