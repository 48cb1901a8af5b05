# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # sourced
#
# The Debian packages that Monocle is built from, and how to get them. Sourced by app/run.sh and
# tests/run.sh; POSIX sh. Nothing is asked of the network when everything is there already.

# Name of the package, then what it is for.
monocle_build_packages='
gcc                   compiles C
libc6-dev             C library headers
meson                 build system
ninja-build           runs the build
pkg-config            finds libraries
glslc                 compiles shaders
gettext               translations
libglib2.0-dev        GLib, GIO
libjson-glib-dev      JSON
libvulkan-dev         Vulkan loader
libstb-dev            image decoding
libcairo2-dev         drawing
libpango1.0-dev       text in pictures
libgdk-pixbuf-2.0-dev more image formats
libwebp-dev           WebP pictures that are cut off
libxml2-dev           annotations of other programs
libicu-dev            names of languages
libpoppler-glib-dev   pages of PDF files
libgstreamer1.0-dev   films and sound
libgstreamer-plugins-base1.0-dev the same
gstreamer1.0-plugins-base what reads them
gstreamer1.0-plugins-good more of that
libsoup-3.0-dev       models from servers
glib-networking       HTTPS
ca-certificates       whom HTTPS trusts
libsecret-1-dev       keeps a token for them
libgtk-4-dev          the window
libadwaita-1-dev      widgets of GNOME
adwaita-icon-theme    icons
librsvg2-common       reads icons and SVG pictures
desktop-file-utils    desktop file
webp-pixbuf-loader    WebP pictures
mesa-vulkan-drivers   Vulkan drivers, software among them
fonts-dejavu-core     a font for labels
'

monocle_test_packages='
spirv-tools               checks shaders
vulkan-validationlayers   checks the use of Vulkan
xvfb                      a display for tests of the window
xauth                     access to that display
dbus                      a session bus for them
xdotool                   pointer and keys for them
appstream                 checks the metainfo
gobject-introspection     describes the library for other languages
libgirepository1.0-dev    the same, and what it rests on
python3-gi                Python, for an example of the library
gjs                       JavaScript, for another
gi-docgen                 reference pages of the library
xz-utils                  unpacks what tests read
'

say () { printf '%s\n' "$*"; }
warn () { printf '%s\n' "$*" >&2; }

# The first words of the lines of a list.
package_names () { printf '%s' "$1" | awk 'NF { print $1 }'; }

# have_package NAME
have_package () {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | head -c 9)" = installed ]
}

# Which of the packages of a list are not installed, one a line.
missing_packages () {
  for package in $(package_names "$1"); do
    case $package in
      # The newer name of the same program.
      pkg-config) have_package pkg-config || have_package pkgconf || say pkg-config ;;
      *) have_package "$package" || say "$package" ;;
    esac
  done
}

# install_packages LIST...: installs what is missing, saying what and why.
install_packages () {
  wanted=$(printf '%s\n' "$@")

  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    check_tools "$wanted"
    return
  fi

  missing=$(missing_packages "$wanted")
  [ -n "$missing" ] || return 0

  say 'Monocle needs these packages, which are not installed yet:'
  for package in $missing; do
    printf '%s' "$wanted" | awk -v p="$package" '$1 == p { print "  " $0; exit }'
  done

  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      warn 'There is no sudo here. As root, run:'
      warn "  apt-get install --no-install-recommends $(printf '%s' "$missing" | tr '\n' ' ')"
      exit 1
    fi
    say 'Installing them with apt-get; sudo may ask for your password.'
    as_root=sudo
  else
    say 'Installing them with apt-get.'
  fi

  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
    warn 'The lists of packages could not be fetched; trying with those that are here.'
  # shellcheck disable=SC2086 # the words are meant to be split
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing || {
      warn 'The packages could not be installed; see above.'
      exit 1
    }
}

# Where there is no apt: name the packages, and go on if the tools are there.
check_tools () {
  absent=
  for tool in cc meson ninja pkg-config glslc msgfmt; do
    command -v "$tool" >/dev/null 2>&1 || absent="$absent $tool"
  done
  if command -v pkg-config >/dev/null 2>&1; then
    for library in glib-2.0 gio-2.0 json-glib-1.0 vulkan cairo pangocairo gdk-pixbuf-2.0 libwebp libxml-2.0 icu-uc gstreamer-app-1.0 libsoup-3.0 libsecret-1 gtk4 libadwaita-1; do
      pkg-config --exists "$library" || absent="$absent $library"
    done
  fi
  [ -n "$absent" ] || return 0

  warn "This is no Debian: nothing is installed for you. Not found:$absent"
  warn 'Under their Debian names, Monocle needs:'
  printf '%s\n' "$1" | awk 'NF { print "  " $0 }' >&2
  exit 1
}

# configure_monocle SOURCE BUILD [MESON OPTION...]: once.
configure_monocle () {
  source_dir=$1
  build_dir=$2
  shift 2
  [ ! -f "$build_dir/build.ninja" ] || return 0
  log=$(meson setup "$@" "$build_dir" "$source_dir" 2>&1) || {
    warn "$log"
    warn 'Configuring Monocle failed; see above.'
    exit 1
  }
}

# compile_monocle BUILD [TARGET...]: what changed, of all there is or of the targets.
compile_monocle () {
  build_dir=$1
  shift
  log=$(ninja -C "$build_dir" "$@" 2>&1) || {
    warn "$log"
    warn 'Building Monocle failed; see above.'
    exit 1
  }
}
