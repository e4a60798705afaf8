// libpng as Swift sees it.
#include <png.h>
