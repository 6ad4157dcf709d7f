#!/bin/sh
# Builds OpenSSL @OPENSSL_VERSION@ that can speak nothing older than TLS @MIN@, and Python @PYTHON_VERSION@ on it.
# Written by: tieout tls recipe --min @MIN@ --python @PYTHON_BRANCH@ (facts of @AS_OF@).
#
# What it takes: a C compiler, make, perl, curl, xz, and the headers of libffi, zlib, bzip2, lzma and sqlite3. On Debian:
#   apt-get install -y --no-install-recommends @PACKAGES@
# Where it ends up: PREFIX, by default /opt/tieout-python. Run it as one who may write there.
# Each archive is taken from the folder SOURCES if it lies there, else fetched, and used only if its SHA-256 is right.
# Other versions: set OPENSSL_VERSION and OPENSSL_SHA256, or PYTHON_VERSION and PYTHON_SHA256, both of a pair.
set -eu

PREFIX=${PREFIX:-/opt/tieout-python}
SOURCES=${SOURCES:-$PWD/sources}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
PYTHON_OPTIONS=${PYTHON_OPTIONS:---enable-optimizations}

# @OPENSSL_FROM@
if [ -n "${OPENSSL_VERSION:-}" ]; then : "${OPENSSL_SHA256:?goes with OPENSSL_VERSION}"; fi
OPENSSL_VERSION=${OPENSSL_VERSION:-@OPENSSL_VERSION@}
OPENSSL_SHA256=${OPENSSL_SHA256:-@OPENSSL_SHA256@}
# @PYTHON_FROM@
if [ -n "${PYTHON_VERSION:-}" ]; then : "${PYTHON_SHA256:?goes with PYTHON_VERSION}"; fi
PYTHON_VERSION=${PYTHON_VERSION:-@PYTHON_VERSION@}
PYTHON_SHA256=${PYTHON_SHA256:-@PYTHON_SHA256@}

openssl_url=https://github.com/openssl/openssl/releases/download/openssl-$OPENSSL_VERSION/openssl-$OPENSSL_VERSION.tar.gz
python_url=https://www.python.org/ftp/python/$PYTHON_VERSION/Python-$PYTHON_VERSION.tar.xz

fetch() { # URL SHA256
    file=$SOURCES/${1##*/}
    if [ ! -f "$file" ]; then
        curl --fail --location --proto '=https' --tlsv1.2 --silent --show-error --output "$file.part" "$1"
        mv "$file.part" "$file"
    fi
    if ! echo "$2  $file" | sha256sum --check --status; then
        echo "$file: its SHA-256 is not $2; nothing is built" >&2
        exit 1
    fi
}

mkdir -p "$SOURCES"
fetch "$openssl_url" "$OPENSSL_SHA256"
fetch "$python_url" "$PYTHON_SHA256"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

tar -xzf "$SOURCES/openssl-$OPENSSL_VERSION.tar.gz"
cd "openssl-$OPENSSL_VERSION"
./Configure --prefix="$PREFIX" --openssldir="$PREFIX/ssl" --libdir=lib shared no-tests no-docs \
    @OPTIONS@
make -s -j"$JOBS"
make -s install_sw install_ssldirs
cd ..

# The system's authorities, where OpenSSL looks for its own.
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    if [ -f "$bundle" ]; then
        ln -sf "$bundle" "$PREFIX/ssl/cert.pem"
        break
    fi
done

tar -xJf "$SOURCES/Python-$PYTHON_VERSION.tar.xz"
cd "Python-$PYTHON_VERSION"
./configure --quiet --prefix="$PREFIX" --with-openssl="$PREFIX" --with-openssl-rpath=auto --with-ensurepip=install $PYTHON_OPTIONS
make -s -j"$JOBS"
make -s altinstall
cd ..

"$PREFIX/bin/python${PYTHON_VERSION%.*}" -c '
import ssl
print(ssl.OPENSSL_VERSION)
spoken = [name for name in ("SSLv3", "TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3") if getattr(ssl, "HAS_" + name)]
wanted = @SPOKEN@
assert spoken == wanted, "it speaks %s, not %s" % (spoken, wanted)
print("speaks " + ", ".join(spoken))
'
echo "Now: tieout tls python $PREFIX/bin/python${PYTHON_VERSION%.*} --min @MIN@"
