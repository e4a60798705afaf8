// libarchive as Swift sees it: reads gzip and tar.
#include <archive.h>
#include <archive_entry.h>
