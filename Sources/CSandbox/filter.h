// The list of system calls that remain, as a seccomp filter.
#ifndef CSANDBOX_FILTER_H
#define CSANDBOX_FILTER_H

// Installs the filter for all threads; 0, or -1 with errno set.
int csandbox_install_filter(int filter, int open_for_reading);

#endif
