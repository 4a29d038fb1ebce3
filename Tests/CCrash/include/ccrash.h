// Ends the process in the ways a defect can, and puts itself before functions of the libraries that read containers.
#ifndef CCRASH_H
#define CCRASH_H

// "segv", "abort", "trap", "kill" (SIGKILL), "stack" (until it is used up), "exit"; anything else does nothing.
void ccrash_now(const char *how);

// From now on some functions of libarchive and libtsk end the process where a name says so (see the source).
void ccrash_arm(void);

#endif
