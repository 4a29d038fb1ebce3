#!/bin/sh
# Makes the data this project would ship.
#
# usage: make-data.sh clean|dirty
#
#   clean   parts lists and settings
#   dirty   the same, and a fingerprint template someone left in a test folder (synthetic: two random points)

set -eu
cd -- "$(dirname -- "$0")"

case ${1:-} in
  clean | dirty) ;;
  *)
    echo 'usage: make-data.sh clean|dirty' >&2
    exit 2
    ;;
esac

rm -rf data
mkdir -p data/config
printf 'part,revision,price\nLC-100,B,120.00\nPS-12,A,18.50\n' >data/parts.csv
printf 'lane = 7\ntimeout = 30\n' >data/config/controller.ini
if [ "$1" = dirty ]; then
  mkdir -p data/test
  # ISO/IEC 19794-2:2005: header of 24 bytes, one view, two minutiae, no extended data.
  printf 'FMR\000 20\000\000\000\000\052\000\000\002\000\002\000\000\305\000\305\001\000' >data/test/sample.fmr
  printf '\007\000\132\002\100\144\000\170\012\120\200\310\000\360\100\106\000\000' >>data/test/sample.fmr
fi
