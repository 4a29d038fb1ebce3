// The shim exists only because a module map needs one header to name.
#pragma once
#include <archive.h>
#include <archive_entry.h>
