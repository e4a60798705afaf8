// libjpeg-turbo's TurboJPEG interface as Swift sees it: it reports errors by its results, not by longjmp.
#include <turbojpeg.h>
